"""What goes to a pipe and to a terminal, and Ctrl-C."""
import os
import pathlib
import pty
import re
import signal
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "cli" / "numest"
TRAIN = ["train", "--features", "x.npy", "--labels", "y.npy", "--classes", "3",
         "--hidden-units", "8", "--seed", "1", "--model-dir", "m"]
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def test_a_pipe_gets_no_control_characters(numest, data):
  done = numest(*TRAIN, "--epochs", 2)
  assert done.returncode == 0
  assert done.stderr.startswith(
      "plan: 300 rows, 3 steps per epoch, 2 epochs, 6 steps\n")
  assert re.search(r"^step 6 of 6: loss \d+\.\d{4}, [\d,]+ examples/s, "
                   r"took \d+\.\d s$", done.stderr, re.M)
  for words in (["evaluate", *TRAIN[1:5], "--model-dir", "m"],
                ["predict", *TRAIN[1:3], "--model-dir", "m"],
                ["inspect", "m"], ["ops"], ["--help"]):
    found = numest(*words)
    assert found.returncode == 0
    assert not CONTROL.search(found.stdout + found.stderr)
  assert not CONTROL.search(done.stdout + done.stderr)


def test_a_terminal_gets_one_line_written_over(data, tmp_path):
  try:
    leader, follower = pty.openpty()
  except OSError as error:
    pytest.skip(f"this machine gives no terminal: {error}")
  with subprocess.Popen([PROGRAM, *TRAIN, "--epochs", "2"], cwd=tmp_path,
                        stderr=follower, stdout=subprocess.DEVNULL) as process:
    os.close(follower)
    text = b""
    try:
      while chunk := os.read(leader, 4096):
        text += chunk
    except OSError:  # the other end is closed
      pass
    assert process.wait(60) == 0
  os.close(leader)
  assert b"\rstep 6 of 6: loss" in text
  assert b"\x1b[K\r\nINFO" in text  # the next line starts on its own


def interrupted(tmp_path, number):
  """Starts endless training and sends the signal once steps are done."""
  with subprocess.Popen(
      [PROGRAM, *TRAIN, "--steps", "1000000000", "--checkpoint-steps", "5"],
      cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
    while not process.stderr.readline().startswith("step"):
      assert process.poll() is None
    process.send_signal(number)
    return process.communicate(timeout=60)[1], process.returncode


def test_ctrl_c_writes_a_checkpoint_and_ends_with_130(numest, data, tmp_path):
  text, status = interrupted(tmp_path, signal.SIGINT)
  assert status == 130
  step = re.search(r"^numest train: training was interrupted at step (\d+); "
                   r"its checkpoint is in m: train again to go on\n\Z",
                   text, re.M).group(1)
  assert f"\nstep {step}\n" in numest("inspect", "m").stdout
  again = numest(*TRAIN, "--steps", 3)
  assert again.returncode == 0
  assert f"3 steps from step {int(step):,}\n" in again.stderr


def test_termination_ends_with_143(data, tmp_path):
  assert interrupted(tmp_path, signal.SIGTERM)[1] == 143
