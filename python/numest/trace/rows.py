"""enumerate and zip of arrays whose rows are not counted while a function is
traced: a `for` statement goes over them when the program runs."""
import builtins

from numest import trace_state as state
from numest.tensor import Tensor, call


class TracedItems:
  """Items by position: only `for` can go over them.

  Attributes:
    count: how many, a traced int.
    item_at: function of a traced position to the item.
  """

  def __init__(self, count, item_at):
    self.count, self.item_at = count, item_at

  def __iter__(self):
    raise state.Untraceable("rows that are not counted are gone over outside "
                            "of a for statement")


def _count_of(items):
  from numest.trace import iteration  # it needs this module
  count, _ = iteration.indexed(items)
  return count


def enumerate_(iterable, start=0):
  """enumerate, of what may not be counted."""
  if not isinstance(_count_of(iterable), Tensor):
    return builtins.enumerate(iterable, start)
  from numest.trace import iteration  # it needs this module
  count, item_at = iteration.indexed(iterable)
  return TracedItems(count, lambda k: ((start + k)._as_weak(), item_at(k)))


def zip_(*iterables, strict=False):
  """zip, of what may not be counted; as long as the shortest."""
  if not any(isinstance(_count_of(items), Tensor) for items in iterables):
    return builtins.zip(*iterables, strict=strict)
  from numest.trace import iteration  # it needs this module
  parts = [iteration.indexed(items) for items in iterables]
  if strict or any(count is None for count, _ in parts):
    raise state.Untraceable("zip of rows that are not counted and of what is "
                            "no array, or strict=True")
  shortest = parts[0][0]
  for count, _ in parts[1:]:
    shortest = call("minimum", [shortest, count])
  return TracedItems(shortest, lambda k: tuple(item_at(k)
                                               for _, item_at in parts))
