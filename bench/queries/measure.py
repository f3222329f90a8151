"""Runs a command several times: measure.py RUNS BYTES LABEL COMMAND…

Prints the median of the wall time, the speed over so many bytes of input, and the most memory that a run had.
"""
import os
import statistics
import subprocess
import sys
import time


def run_once(command):
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return time.monotonic() - begin, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status)


def main():
    runs, size, label, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    results = [run_once(command) for _ in range(runs)]
    if any(code != 0 for _, _, code in results):
        print(f"  {label:<34} failed")
        return
    seconds = statistics.median(result[0] for result in results)
    memory = max(result[1] for result in results)
    print(f"  {label:<34} {seconds:8.3f} s  {size / seconds / 1e9:6.2f} GB/s  {memory / 1e6:8.0f} MB")


if __name__ == "__main__":
    main()
