"""python -m numest: runs TensorFlow scripts on Numest."""
import argparse
import runpy
import sys


def _alias_tensorflow():
  import numest
  import numest.compat.v1
  sys.modules["tensorflow"] = numest
  sys.modules["tensorflow.compat"] = numest.compat
  sys.modules["tensorflow.compat.v1"] = numest.compat.v1


def main(arguments=None):
  """The command line; returns the exit code."""
  parser = argparse.ArgumentParser(
      prog="numest", description="Estimators whose language is NumPy.")
  verbs = parser.add_subparsers(dest="verb", required=True)
  run = verbs.add_parser(
      "run", help="run a script; its `import tensorflow` gets Numest")
  run.add_argument("script")
  run.add_argument("arguments", nargs=argparse.REMAINDER)
  inspect = verbs.add_parser("inspect", help="variables of a model_dir")
  inspect.add_argument("model_dir")
  ops = verbs.add_parser("ops", help="the op table")
  ops.add_argument("name", nargs="?")
  chosen = parser.parse_args(arguments)
  return {"run": _run, "inspect": _inspect, "ops": _ops}[chosen.verb](chosen)


def _run(chosen):
  _alias_tensorflow()
  sys.argv = [chosen.script] + chosen.arguments
  try:
    runpy.run_path(chosen.script, run_name="__main__")
  except FileNotFoundError as error:
    if error.filename != chosen.script:
      raise
    print(f"numest run: no such script: {chosen.script}", file=sys.stderr)
    return 2
  return 0


def _inspect(chosen):
  from numest import train
  prefix = train.latest_checkpoint(chosen.model_dir)
  if prefix is None:
    print(f"numest inspect: no checkpoint in {chosen.model_dir}; train "
          "first", file=sys.stderr)
    return 1
  print(prefix)
  for name, shape in train.list_variables(chosen.model_dir):
    print(f"{name}  {tuple(shape)}")
  return 0


def _ops(chosen):
  from numest import _core
  for row in _core.op_list():
    if chosen.name in (None, row["name"]):
      params = ", ".join(n if not d else f"{n}={d}"
                         for n, _, d in row["params"])
      print(f"{row['name']}({params}): {row['doc']}")
  return 0


if __name__ == "__main__":
  sys.exit(main())
