"""What all tests in Python share."""
import signal


def pytest_sessionstart(session):
  """Programs that tests start take Ctrl-C, although a shell that ran pytest in
  the background had it ignored."""
  signal.signal(signal.SIGINT, signal.default_int_handler)
