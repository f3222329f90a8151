"""Runs a command several times: measure.py RUNS BYTES LABEL COMMAND…

Prints the medians of the wall time and of the time that all processors worked together, the speed over so many bytes of
input, and the most memory that a run had. On a busy machine only the processors' time can be compared.
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
    worked = usage.ru_utime + usage.ru_stime
    return time.monotonic() - begin, worked, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status)


def main():
    runs, size, label, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    results = [run_once(command) for _ in range(runs)]
    if any(result[3] != 0 for result in results):
        print(f"  {label:<34} failed")
        return
    seconds = statistics.median(result[0] for result in results)
    worked = statistics.median(result[1] for result in results)
    memory = max(result[2] for result in results)
    print(
        f"  {label:<34} {seconds:8.3f} s  {worked:8.3f} s CPU  {size / seconds / 1e9:6.2f} GB/s  {memory / 1e6:8.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
