"""Two kinds of uncertainty: scopes of factors, and draws of what all queries share, for analyses and fleets alike.

====================  =============================================================================
``levels``            intervals by their probability, and the quantiles at which they end
``scopes``            which factor is drawn for each query, and which is one unknown number for all
``shared_draws``      draws of the shared factors, and quantiles of quantiles that follow from them
``throughput_draws``  draws of throughput fits: a multivariate t, or a named default
====================  =============================================================================
"""
