"""Models and accelerators of the user's own: what they write to the facts that the tables have of others.

=================  ========================================================================
``model``          a model: from a configuration, by name, or by its size
``accelerator``    an accelerator: from its data sheet, or by name
``converters``     what is written in Python, a TOML file or a command line to these
``config_file``    a ``config.json`` as plain values, and what is none
``kinds``          the part of it that describes the decoder of text, and models without one
``entries``        its entries, each checked when it is read
``model_types``    what it leaves unsaid because the code of its type has it
``layers``         which layers have attention, a window or a recurrence
``attention``      parameters and cache of attention
``recurrent``      parameters and state of recurrences
``experts``        parameters of feed-forward blocks, with and without experts
``context``        the longest context that a model was made for
``precision``      the precision in which weights were published
``unread``         what was not understood
``unknown``        what is said of a name that is none of the tables
``shape``          all that to the facts of an architecture
``keys``           names among ourselves, one for each shape
``matching``       the architecture of the tables that has the same shape
=================  ========================================================================

Nothing of what users pass is run; it is read as numbers and text.
"""

from wattquery.catalog.own.accelerator import Accelerator
from wattquery.catalog.own.converters import accelerator_facts, beside, model_facts, read_accelerator
from wattquery.catalog.own.model import Model

__all__ = ["Accelerator", "Model", "accelerator_facts", "beside", "model_facts", "read_accelerator"]
