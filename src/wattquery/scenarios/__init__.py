"""Scenarios: fleets as data, those that ship and those that users write. Nothing is computed here.

>>> from wattquery import scenarios
>>> scenarios.load("mixed").shares
{'traditional': 0.9, 'long': 0.1}

==================  ========================================================================
``query_class``     a share of the queries, and what answers them
``shares``          that shares sum to one, also where they are an axis
``load_profile``    demand by hour of the day
``pool``            nodes of one kind, how busy they are, and what they serve
``pool_shares``     that each class is served by pools, in shares that sum to one
``dates``           dates as users write them
``adoption``        the share of queries that are served with a lever, over time
``growth``          queries per day over time, and rebound
``course``          dates, growth, adoption and rebound of a scenario
``scenario``        all of a fleet
``writing``         these as plain values
``reading``         TOML files, shipped ones by name
``data``            the shipped files
==================  ========================================================================
"""

from wattquery.scenarios.adoption import Adoption
from wattquery.scenarios.course import Course
from wattquery.scenarios.growth import Growth
from wattquery.scenarios.load_profile import LoadProfile
from wattquery.scenarios.pool import Pool
from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.reading import load, names, text
from wattquery.scenarios.scenario import Scenario

__all__ = ["Adoption", "Course", "Growth", "LoadProfile", "Pool", "QueryClass", "Scenario", "load", "names", "text"]
