"""Predicted against measured.

``measured``  tables of measurements that users bring
"""
