# What `import voluptuous` gives inside Home Assistant: Probatio under that name.
from probatio import *
