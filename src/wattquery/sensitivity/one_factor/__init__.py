"""One factor at a time: tornado, spider, elasticity, conditional distributions, moment independence."""
