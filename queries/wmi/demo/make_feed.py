#!/usr/bin/env python3
"""Writes demo/feed.ndjson: half an hour on four invented machines, as nxlog would forward it.

make_feed.py > feed.ndjson    The same output every time: the only source of chance is a fixed seed.

In it, beside everyday noise: at 09:12 somebody on WS-ALDER starts a process on SRV-BIRCH through WMI, and at 09:21
leaves a permanent WMI subscription there. All names, addresses and identifiers are made up.
"""
import json
import random

START = 1710234000  # 2024-03-12 09:00:00 UTC
DOMAIN, SUFFIX = "EXAMPLE", "example.test"
HOSTS = {"WS-ALDER": "192.0.2.31", "WS-CEDAR": "192.0.2.32", "SRV-BIRCH": "192.0.2.11", "SRV-OAK": "192.0.2.12"}
USERS = ["mara", "jonas", "elif"]
SYSTEM32 = "C:\\Windows\\System32\\"
PROGRAMS = [
    (SYSTEM32 + "svchost.exe", "svchost.exe -k netsvcs -p", SYSTEM32 + "services.exe", "services.exe"),
    (SYSTEM32 + "taskhostw.exe", "taskhostw.exe", SYSTEM32 + "svchost.exe", "svchost.exe -k netsvcs -p"),
    (SYSTEM32 + "conhost.exe", "conhost.exe 0xffffffff -ForceV1", SYSTEM32 + "cmd.exe", "cmd.exe"),
    ("C:\\Program Files\\Ledger\\ledger.exe", "\"C:\\Program Files\\Ledger\\ledger.exe\" --sync",
     "C:\\Windows\\explorer.exe", "C:\\Windows\\explorer.exe"),
    (SYSTEM32 + "notepad.exe", "notepad.exe C:\\Users\\Public\\notes.txt", "C:\\Windows\\explorer.exe",
     "C:\\Windows\\explorer.exe"),
]
GUIDS = {
    "Sysmon": "{11111111-aaaa-4bbb-8ccc-000000000001}",
    "Security-Auditing": "{11111111-aaaa-4bbb-8ccc-000000000002}",
    "WMI-Activity": "{11111111-aaaa-4bbb-8ccc-000000000003}",
    "PowerShell": "{11111111-aaaa-4bbb-8ccc-000000000004}",
}

chance = random.Random(5861)
events = []
records = {}


def stamp(at, between="T"):
    second = at % 60
    minute, hour = at // 60 % 60, at // 3600 % 24
    return f"2024-03-12{between}{int(hour):02d}:{int(minute):02d}:{second:06.3f}"


def add(at, host, channel, provider, event_id, message, **data):
    record = records[host] = records.get(host, 4000) + 1
    event = {
        "@timestamp": stamp(at) + "Z", "EventTime": stamp(at, " ")[:19], "Hostname": f"{host}.{SUFFIX}",
        "host": f"collector.{SUFFIX}", "Channel": channel, "EventID": event_id,
        "SourceName": f"Microsoft-Windows-{provider}", "ProviderGuid": GUIDS[provider], "RecordNumber": record,
        "Severity": "INFO", "SourceModuleName": "eventlog", "SourceModuleType": "im_msvistalog",
    }
    event.update(data)
    event["Message"] = message
    events.append((at, len(events), event))


def guid(number):
    return "{22222222-0000-4000-8000-%012x}" % number


def sysmon(at, host, event_id, title, **data):
    fields = {"UtcTime": stamp(at, " "), **data}
    message = title + ":\r\n" + "\r\n".join(f"{k}: {v}" for k, v in fields.items())
    add(at, host, "Microsoft-Windows-Sysmon/Operational", "Sysmon", event_id, message, Task=event_id,
        AccountName="SYSTEM", UserID="S-1-5-18", **fields)


def process(at, host, user, session, image, command, parent, parent_command):
    pid, parent_pid = chance.randrange(1000, 9000), chance.randrange(500, 999)
    sysmon(at, host, 1, "Process Create", RuleName="-", ProcessGuid=guid(pid), ProcessId=str(pid), Image=image,
           OriginalFileName=image.rsplit("\\", 1)[1], CommandLine=command, CurrentDirectory=SYSTEM32,
           User=f"{DOMAIN}\\{user}", LogonId=session, IntegrityLevel="Medium", ParentProcessGuid=guid(parent_pid),
           ParentProcessId=str(parent_pid), ParentImage=parent, ParentCommandLine=parent_command)
    add(at + 0.004, host, "Security", "Security-Auditing", 4688, "A new process has been created.",
        SubjectUserName=user, SubjectDomainName=DOMAIN, SubjectLogonId=session, NewProcessId=hex(pid),
        NewProcessName=image, ProcessId=hex(parent_pid), CommandLine=command, TargetUserName="-",
        TargetDomainName="-", TargetLogonId="0x0", ParentProcessName=parent)


def logon(at, host, user, session, kind, address):
    add(at, host, "Security", "Security-Auditing", 4624, "An account was successfully logged on.",
        SubjectUserName="-", TargetUserName=user, TargetDomainName=DOMAIN, TargetLogonId=session, LogonType=str(kind),
        LogonProcessName="Kerberos", AuthenticationPackageName="Kerberos", WorkstationName="-", IpAddress=address,
        IpPort=str(chance.randrange(49152, 65535)))


def wmi_activity(at, host, event_id, message):
    add(at, host, "Microsoft-Windows-WMI-Activity/Operational", "WMI-Activity", event_id, message,
        AccountName="SYSTEM", UserID="S-1-5-18", Opcode="Info", ExecutionProcessID=chance.randrange(1000, 9000))


def noise(at):
    host, user = chance.choice(list(HOSTS)), chance.choice(USERS)
    session = hex(chance.randrange(0x20000, 0x90000))
    kind = chance.random()
    if kind < 0.45:
        process(at, host, user, session, *chance.choice(PROGRAMS))
    elif kind < 0.6:
        logon(at, host, user, session, chance.choice([3, 3, 5, 7]), chance.choice(list(HOSTS.values()) + ["-", "::1"]))
    elif kind < 0.75:
        sysmon(at, host, 3, "Network connection detected", RuleName="-", Image=SYSTEM32 + "svchost.exe",
               User="NT AUTHORITY\\SYSTEM", Protocol="tcp", Initiated="true", SourceIp=HOSTS[host],
               SourcePort=str(chance.randrange(49152, 65535)), DestinationIp=chance.choice(list(HOSTS.values())),
               DestinationPort=chance.choice(["88", "135", "389", "443", "445"]))
    elif kind < 0.85:
        name = chance.choice(["SyncTime", "LastRun", "Checkpoint"])
        sysmon(at, host, 13, "Registry value set", RuleName="-", EventType="SetValue", Image=SYSTEM32 + "svchost.exe",
               TargetObject=f"HKLM\\SOFTWARE\\Ledger\\{name}", Details="DWORD (0x%08x)" % chance.randrange(1 << 16),
               User="NT AUTHORITY\\SYSTEM")
    elif kind < 0.93:
        provider = chance.choice(["CIMWin32", "Win32_TS", "WmiPerfClass"])
        wmi_activity(at, host, 5857, f"{provider} provider started with result code 0x0. HostProcess = wmiprvse.exe; "
                     f"ProcessID = {chance.randrange(1000, 9000)}; ProviderPath = %systemroot%\\system32\\wbem\\"
                     f"{provider.lower()}.dll")
    elif kind < 0.97:
        wmi_activity(at, host, 5858, f"Id = {guid(0)}; ClientMachine = {host}; User = {DOMAIN}\\{user}; ClientProcessId = "
                     f"{chance.randrange(1000, 9000)}; Component = Unknown; Operation = Start IWbemServices::ExecQuery - "
                     "root\\cimv2 : SELECT * FROM Win32_Battery; ResultCode = 0x80041032; PossibleCause = Unknown")
    else:
        add(at, host, "Microsoft-Windows-PowerShell/Operational", "PowerShell", 4104,
            "Creating Scriptblock text (1 of 1):\r\nGet-Date", ScriptBlockText="Get-Date", MessageNumber="1",
            MessageTotal="1")


def remote_process(at):
    """WS-ALDER runs a command on SRV-BIRCH through Win32_Process."""
    session = "0x4c1f2"
    process(at, "WS-ALDER", "elif", "0x3a0b1", SYSTEM32 + "wbem\\WMIC.exe",
            "wmic /node:SRV-BIRCH process call create \"cmd.exe /c whoami > C:\\Users\\Public\\w.txt\"",
            SYSTEM32 + "cmd.exe", "cmd.exe")
    logon(at + 0.4, "SRV-BIRCH", "elif", session, 3, HOSTS["WS-ALDER"])
    wmi_activity(at + 0.6, "SRV-BIRCH", 5857, "CIMWin32 provider started with result code 0x0. HostProcess = "
                 "wmiprvse.exe; ProcessID = 3044; ProviderPath = %systemroot%\\system32\\wbem\\cimwin32.dll")
    process(at + 0.9, "SRV-BIRCH", "elif", session, SYSTEM32 + "cmd.exe",
            "cmd.exe /c whoami > C:\\Users\\Public\\w.txt", SYSTEM32 + "wbem\\WmiPrvSE.exe",
            "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding")


def subscription(at):
    """A filter, a consumer and their binding, left on SRV-BIRCH."""
    name, query = "Nightly Tidy", "SELECT * FROM __TimerEvent WHERE TimerID = 'tidy'"
    command = "powershell.exe -NoProfile -File C:\\Users\\Public\\tidy.ps1"
    user = f"{DOMAIN}\\elif"
    sysmon(at, "SRV-BIRCH", 19, "WmiEventFilter activity detected", RuleName="-", EventType="WmiFilterEvent",
           Operation="Created", User=user, EventNamespace=' "root\\\\cimv2"', Name=f' "{name}"', Query=f' "{query}"')
    sysmon(at + 0.1, "SRV-BIRCH", 20, "WmiEventConsumer activity detected", RuleName="-",
           EventType="WmiConsumerEvent", Operation="Created", User=user, Name=f' "{name}"', Type="Command Line",
           Destination=f' "{command}"')
    sysmon(at + 0.2, "SRV-BIRCH", 21, "WmiEventConsumerToFilter activity detected", RuleName="-",
           EventType="WmiBindingEvent", Operation="Created", User=user,
           Consumer=f' "CommandLineEventConsumer.Name=\\"{name}\\""', Filter=f' "__EventFilter.Name=\\"{name}\\""')
    wmi_activity(at + 0.3, "SRV-BIRCH", 5861,
                 f"Namespace = //./root/subscription; Eventfilter = {name} (refer to its activate eventid:5859); "
                 f"Consumer = CommandLineEventConsumer=\"{name}\"; PossibleCause = Binding EventFilter: \n"
                 f"instance of __EventFilter\n{{\n\tName = \"{name}\";\n\tQuery = \"{query}\";\n}};\n"
                 f"Perm. Consumer: \ninstance of CommandLineEventConsumer\n{{\n\tCommandLineTemplate = \"{command}\";\n"
                 f"\tName = \"{name}\";\n}};\n")


def main():
    at = START + 1.5
    while at < START + 1800:
        noise(at)
        at += 3 + chance.random() * 34
    remote_process(START + 12 * 60 + 7.25)
    subscription(START + 21 * 60 + 30.5)
    for _, _, event in sorted(events, key=lambda each: each[:2]):
        print(json.dumps(event, ensure_ascii=False))


if __name__ == "__main__":
    main()
