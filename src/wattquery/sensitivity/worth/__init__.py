"""What to measure next: by how much the credible interval of the answer would narrow.

================  ====================================================================================
``measurements``  what can be measured, by what, and to which error where nothing is said
``beliefs``       what is known of a product of factors before and after one of them is measured
``answers``       the mean energy of a query in a cell as such a product
``benchmark``     what a run of the deployment would say where a load model stands behind the answer
``lengths``       how the answer moves with lengths that are known so well
``cells``         the same for all cells and measurements
``labels``        what was found, as a Dataset
``measuring``     ``worth_measuring``, as a user asks for it
================  ====================================================================================
"""
