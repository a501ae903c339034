"""tf.compat."""
from numest.compat import v1
