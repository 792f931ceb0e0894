#!/usr/bin/env python3
"""Gates over the sources: names, layers, sizes, words. Prints what is off, as file:line: why, and exits 1; 77 means a tool is missing.

usage: lint.py CHECK [--source DIR] [--build DIR] [--compiler CC]
"""
import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FUNCTION_LINES = 80
FILE_LINES = 900
BANNED = ("strcpy", "strcat", "sprintf", "vsprintf", "strtok", "atoi", "atol", "atoll", "atof", "gets", "tmpnam", "mktemp", "system", "popen")
TOP_LEVEL = re.compile(r"^(bot|handlers|templates|tests|deploy|CMakeLists\.txt|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|\..*)$")
SKIP = 77


def listed(source, *patterns):
    """Files that git knows, relative to the source; every file where there is no git (a release archive)."""
    found = subprocess.run(["git", "-C", source, "ls-files", "-z", "--", *patterns], capture_output=True)
    if found.returncode == 0:
        names = [n for n in found.stdout.decode().split("\0") if n]
    else:
        names = [str(p.relative_to(source)) for pattern in patterns for p in Path(source).glob(pattern.replace("*", "**/*", 1)) if p.is_file()]
    return sorted(n for n in names if (Path(source) / n).is_file())


def code_only(text):
    """The text with comments and the insides of strings blanked; line numbers stay."""
    blank = lambda m: re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def our_sources(options):
    return listed(options.source, "bot/*.c", "bot/*.h", "handlers/*.c", "handlers/*.h")


def check_headers(options):
    """Headers are unique in the project, so a bare include means one file."""
    seen, off = {}, []
    for name in listed(options.source, "*.h"):
        base = os.path.basename(name)
        if base in seen:
            off.append(f"{name}:1: the header name '{base}' is taken by {seen[base]}")
        seen.setdefault(base, name)
    return off


def check_includes(options):
    """Our headers are included bare: a path in an include would walk around the layers."""
    off = []
    for name in our_sources(options):
        for number, line in enumerate((Path(options.source) / name).read_text().splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]*)"', line)
            if found and "/" in found.group(1):
                off.append(f"{name}:{number}: include {found.group(1)} by its bare name")
    return off


def layers_declared(options):
    text = (Path(options.source) / "CMakeLists.txt").read_text()
    layers = {}
    for found in re.finditer(r"^layer\((\w+)([^)]*)\)", text, re.M):
        sees, keyword = [], None
        for word in found.group(2).split():
            if word in ("SEES", "USES", "SYSTEM"):
                keyword = word
            elif keyword == "SEES":
                sees.append(word)
        layers[found.group(1)] = sees
    return layers


def layer_dir(options, name):
    return os.path.join(options.source, "handlers" if name == "handlers" else os.path.join("bot", name))


def compile_flags(options):
    """The flags each layer is compiled with, from the build itself."""
    flags = {}
    with open(os.path.join(options.build, "compile_commands.json")) as file:
        for entry in json.load(file):
            folder = os.path.dirname(entry["file"])
            words = shlex.split(entry["command"])
            flags.setdefault(folder, [w for w in words if w.startswith(("-I", "-D", "-std"))])
    return flags


def sees(options, flags, header):
    """Whether a file compiled with these flags finds the header; what the header itself goes on to include is another question."""
    with tempfile.TemporaryDirectory() as folder:
        tiny = os.path.join(folder, "tiny.c")
        Path(tiny).write_text(f'#include "{header}"\nint tiny;\n')
        run = subprocess.run([options.compiler, "-fsyntax-only", *flags, tiny], capture_output=True, text=True)
        missing = re.search(r"tiny\.c:1:\S* (?:fatal )?error: '?" + re.escape(header) + r"'?(?:: No such file| file not found)", run.stderr)
        return missing is None


def check_layers(options):
    """A layer sees the headers of the layers it names and no others: tried with the compiler on one header of every other layer."""
    layers, flags, off = layers_declared(options), compile_flags(options), []
    header_of = {}
    for name in layers:
        headers = sorted(Path(layer_dir(options, name)).glob("*.h"))
        if headers:
            header_of[name] = headers[0].name
    tried = 0
    for name, named in layers.items():
        mine = flags.get(layer_dir(options, name))
        if mine is None:
            continue
        for other, header in header_of.items():
            allowed = other == name or other in named
            tried += 1
            if sees(options, mine, header) != allowed:
                off.append(f"CMakeLists.txt:1: layer {name} {'cannot' if allowed else 'can'} include {header} of {other}")
    sql = flags.get(layer_dir(options, "sql"))
    if sql and "store" in header_of:
        if sees(options, sql, "store.h") or not sees(options, sql, "err.h"):
            off.append("CMakeLists.txt:1: sql must see err.h and must not see store.h")
    if tried == 0:
        off.append("CMakeLists.txt:1: no layer was found to try")
    print(f"{tried} includes tried")
    return off


def check_clang(options):
    """What gcc builds, clang takes without a warning as well."""
    if not shutil.which("clang"):
        return SKIP
    with open(os.path.join(options.build, "compile_commands.json")) as file:
        entries = [e for e in json.load(file) if os.path.relpath(e["file"], options.source).startswith(("bot/", "handlers/"))]

    def syntax(entry):
        command = shlex.split(entry["command"])
        words = [w for w in command if w.startswith(("-I", "-D", "-W", "-std"))]
        words += [x for i, w in enumerate(command[:-1]) if w == "-isystem" for x in (w, command[i + 1])]
        run = subprocess.run(["clang", "-fsyntax-only", *words, entry["file"]], cwd=entry["directory"], capture_output=True, text=True)
        return [f"{os.path.relpath(m.group(1), options.source)}:{m.group(2)}" for m in re.finditer(r"^(/\S+?):(\d+:\d+: (?:fatal )?(?:error|warning): .*)$", run.stderr, re.M)]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return sorted({line for lines in pool.map(syntax, entries) for line in lines})


def check_banned(options):
    """No calls that write past a buffer, hide an error or start a shell."""
    off = []
    pattern = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))
    for name in our_sources(options):
        text = code_only((Path(options.source) / name).read_text())
        for found in pattern.finditer(text):
            off.append(f"{name}:{line_of(text, found.start())}: {found.group(1)}() is banned")
    return off


def check_sizes(options):
    """Functions of at most 80 lines, source files of at most 900; a header may be longer where it documents."""
    off = []
    files = [n for n in our_sources(options) if n.endswith(".c")]
    for name in files:
        lines = (Path(options.source) / name).read_text().count("\n")
        if lines > FILE_LINES:
            off.append(f"{name}:1: {lines} lines; the gate is {FILE_LINES}")
    if not shutil.which("ctags"):
        return off or SKIP
    tags = subprocess.run(["ctags", "-L", "-", "--c-kinds=f", "--fields=+neS", "-f", "-"], cwd=options.source, input="\n".join(files), capture_output=True, text=True, check=True)
    for row in tags.stdout.splitlines():
        if row.startswith("!"):
            continue
        cells = row.split("\t")
        marks = dict(c.split(":", 1) for c in cells[3:] if ":" in c)
        length = int(marks.get("end", 0)) - int(marks.get("line", 0)) + 1
        if length > FUNCTION_LINES:
            off.append(f"{cells[1]}:{marks['line']}: {cells[0]} has {length} lines; the gate is {FUNCTION_LINES}")
    return off


def check_words(options):
    """Nothing in what is shipped admits to being unfinished."""
    off = []
    pattern = re.compile(r"\b(%s)\b" % "|".join(("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK", "not imple" "mented", "stu" "b", "stu" "bbed")))
    for name in listed(options.source, "bot/*", "handlers/*", "templates/*", "deploy/*"):
        if name.endswith("package-lock.json"):
            continue
        try:
            text = (Path(options.source) / name).read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = pattern.search(line)
            if found:
                off.append(f"{name}:{number}: '{found.group(1)}'")
    return off


def check_format(options):
    """clang-format has nothing to change."""
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if not tool:
        return SKIP
    files = [n for n in listed(options.source, "bot/*.c", "bot/*.h", "handlers/*.c", "handlers/*.h", "tests/*.c", "tests/*.h")]
    if not files:
        return []
    run = subprocess.run([tool, "--dry-run", "-Werror", *files], cwd=options.source, capture_output=True, text=True)
    return sorted(set(re.findall(r"^(\S+?:\d+):", run.stderr, re.M)))[:50] if run.returncode else []


def check_rules(options):
    """Each rule has a golden in which it speaks and one in which it is silent, in each form it declares, and stands in the README with its level."""
    suffixes = {"IN_SQL": (".sql",), "IN_PYTHON": (".py", ".ipynb"), "IN_SETTINGS": (".json", ".yml")}
    table, goldens, off = "bot/check/rules.def", Path(options.source) / "tests/golden/check", []
    declared = re.findall(r'^RULE\(\w+, "([^"]+)", SEV_(\w+), \w+, ([\w |]+), ', Path(options.source, table).read_text(), re.M)
    told = set(re.findall(r"[^|, \n]+", "\n".join(re.findall(r"^\| [A-Z]\w+ \| (.+) \|$", Path(options.source, "README.md").read_text(), re.M))))
    for at, (rule, level, forms) in enumerate(declared):
        if (f"**{rule}**" if level == "WARNING" else rule) not in told:
            off.append(f"README.md:1: the rule {rule} is not listed, or not as a {level.lower()}")
        fires, silent = ((goldens / f"{rule}.{end}.findings").read_text() if (goldens / f"{rule}.{end}.findings").exists() else "" for end in ("fires", "silent"))
        heard = {Path(p).suffix for p in re.findall(rf"^\w+ {rule} (\S+):\d+ ", fires, re.M)}
        quiet = {p.suffix for p in (goldens / f"{rule}.silent" / "head").rglob("*")} if silent else set()
        if re.search(rf"^\w+ {rule} ", silent, re.M):
            off.append(f"{table}:1: {rule} speaks in its silent golden")
        for form in forms.split(" | "):
            off += [f"{table}:1: {rule} has no {what} golden {form}" for what, there in (("firing", heard), ("silent", quiet)) if not there & set(suffixes[form])]
    return off if declared else [f"{table}:1: no rule was read"]


def check_packages(options):
    """The container has the library of each -dev package that building takes, and no other."""
    install, docker = (Path(options.source, "deploy", name).read_text() for name in ("install", "Dockerfile"))
    build = re.search(r"^build=\(([^)]*)\)", install, re.M).group(1).split()
    kept = re.findall(r"\b(lib[\w.+-]+|zlib1g)(?=\s)", docker.split("FROM")[-1].split("&&")[1])
    wanted, off = {}, []
    for package in (p for p in build if p.endswith("-dev") and p != "libc6-dev"):
        asked = subprocess.run(["dpkg-query", "-W", "-f", "${Depends}", package], capture_output=True, text=True) if shutil.which("dpkg-query") else None
        if not asked or asked.returncode:
            return SKIP
        wanted[package] = {d.split()[0] for d in asked.stdout.split(",") if not d.split()[0].endswith("-dev")}
    for package, libraries in wanted.items():
        if not libraries & set(kept):
            off.append(f"deploy/Dockerfile:1: building takes {package}, but none of its libraries is installed: {', '.join(sorted(libraries))}")
    known = set().union(*wanted.values())
    return off + [f"deploy/Dockerfile:1: {library} belongs to no package that building takes" for library in kept if library not in known]


def check_top_level(options):
    """The top level of the repository is fixed."""
    names = {n.split("/", 1)[0] for n in listed(options.source, "*")}
    return [f"{n}:1: outside the fixed top level" for n in sorted(names) if not TOP_LEVEL.match(n)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=sorted(n[6:] for n in globals() if n.startswith("check_")))
    parser.add_argument("--source", default=os.getcwd())
    parser.add_argument("--build", default=".build/debug")
    parser.add_argument("--compiler", default="cc")
    options = parser.parse_args()
    off = globals()["check_" + options.check](options)
    if off == SKIP:
        print("skipped: the tool it needs is not installed")
        return SKIP
    print("\n".join(off))
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
