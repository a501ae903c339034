"""tf.logging: the lines of the core and of Python in one place."""
import logging as _logging

from numest import _core

DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50
_logger = _logging.getLogger("numest")


def set_verbosity(level):
  """Lowest level that is written: DEBUG, INFO, WARN, ERROR."""
  if not hasattr(level, "__index__"):
    raise TypeError(f"set_verbosity: got {level!r}, expected a level such as "
                    "tf.logging.INFO")
  _core.set_log_level(int(level))
  _logger.setLevel(level)


def info(message, *args):
  """Writes a line at level INFO; args fill its %s and %d."""
  _logger.info(message, *args)


def warning(message, *args):
  """As `info`, at level WARN."""
  _logger.warning(message, *args)


warn = warning


def error(message, *args):
  """As `info`, at level ERROR."""
  _logger.error(message, *args)
