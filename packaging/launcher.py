"""Where the PyInstaller app starts: livevox, its spawned processes, and ``-m module`` as Python."""

import multiprocessing
import runpy
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    if sys.argv[1:2] == ["-m"]:
        # The window runs livevox's programs with its own interpreter, which is this app here.
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        from livevox.cli.app import main

        main()
