"""Energy to carbon, water and cost, with intensities that the user passes: none ships, for it would be out of date.

``convert``     `convert`: a result, and what it is converted with
``kinds``       the conversions: which intensity, of which energy, in which unit
``intensities`` what a user writes for an intensity: a number, hours of the day, regions, a file, a distribution
``files``       tables of intensities, by region and hour
``energies``    which energies a result has, and what of them an intensity multiplies
``hours``       what an intensity by the hour is on average, weighted by when energy is used
``products``    quantiles of an energy times an intensity that is not known, independent of it
``tokens``      tokens per query, for a cost per million of them
"""
