"""One cache, two clients: Betatron and Python's huggingface_hub against a hub on this machine.

    python parity/hub.py          # in the root of the project, after ./mvnw test-compile -pl hub -am and ./betatron --version

Serves a model and a data set with the hub of the tests (`LocalHub` in `testkit`), lets each client fetch, and the other use what it
fetched without network. Prints one line for each check, and how long fetching took.
"""

import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(tempfile.mkdtemp(prefix="betatron-hub-"))
BETATRON = os.environ.get("BETATRON", str(ROOT / "betatron"))


def check(what, holds):
    print(("ok    " if holds else "FAILED  ") + what, flush=True)
    if not holds:
        sys.exit(1)


def betatron(home, *arguments, offline=False, endpoint=""):
    environment = dict(os.environ, HF_HOME=str(home), HF_ENDPOINT=endpoint, HF_HUB_OFFLINE="1" if offline else "0")
    done = subprocess.run([BETATRON, *arguments], env=environment, capture_output=True, text=True, cwd=WORK)
    if done.returncode != 0:
        print(done.stdout, done.stderr)
    return done


def python(home, code, offline=False, endpoint=""):
    """A process of its own: huggingface_hub reads its environment when it is loaded."""
    environment = dict(
        os.environ,
        HF_HOME=str(home),
        HF_HUB_OFFLINE="1" if offline else "0",
        HF_ENDPOINT=endpoint or "http://localhost:9",
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        TRANSFORMERS_VERBOSITY="error",
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, cwd=WORK)
    if done.returncode != 0:
        print(done.stdout, done.stderr)
    return done


def serve(root):
    repository = Path.home() / ".m2/repository"
    jars = [
        str(jar)
        for name in ("tools/jackson/core", "com/fasterxml/jackson/core/jackson-annotations")
        for jar in (repository / name).rglob("*.jar")
    ]
    path = os.pathsep.join([str(ROOT / "hub/target/test-classes"), str(ROOT / "hub/target/classes"), str(ROOT / "testkit/target/classes"), *jars])
    java = os.environ.get("JAVA_HOME", "")
    server = subprocess.Popen(
        [f"{java}/bin/java" if java else "java", "-cp", path, "org.betatron.hub.ServedHub", str(root)],
        stdout=subprocess.PIPE,
        text=True,
    )
    return server, server.stdout.readline().strip()


served = WORK / "served"
model = served / "models/org/model"
subprocess.run(
    [BETATRON, "init", "--config", "pythia-14m", "--tokenizer", "bytes", "--out", str(model)], check=True, cwd=WORK
)
(model / "onnx").mkdir()
(model / "onnx/model.onnx").write_bytes(b"onnx")
(model / "README.md").write_text("# A model\n")
data = served / "datasets/org/data/data"
data.mkdir(parents=True)
shutil.copy(
    ROOT / "data/src/test/resources/org/betatron/data/columnar/pairs.parquet", data / "train-00000-of-00001.parquet"
)
shutil.copy(
    ROOT / "data/src/test/resources/org/betatron/data/columnar/pairs.parquet", data / "test-00000-of-00001.parquet"
)
server, endpoint = serve(served)
try:
    ours, theirs, parts = WORK / "ours", WORK / "theirs", WORK / "parts"

    begun = time.time()
    fetched = betatron(ours, "fetch", "org/model", endpoint=endpoint)
    print(f"      betatron fetch: {time.time() - begun:.1f} s: {fetched.stderr.strip()}")
    check("betatron fetches a model", fetched.returncode == 0)
    snapshot = Path(fetched.stdout.strip().splitlines()[-1])
    check("and a data set", betatron(ours, "fetch", "--dataset", "org/data", endpoint=endpoint).returncode == 0)
    found = python(
        ours,
        "from huggingface_hub import snapshot_download, scan_cache_dir, hf_hub_download, try_to_load_from_cache\n"
        "print(snapshot_download('org/model', local_files_only=True))\n"
        "print(snapshot_download('org/data', repo_type='dataset', local_files_only=True))\n"
        "hf_hub_download('org/model', 'config.json', local_files_only=True)\n"
        "print(type(try_to_load_from_cache('org/model', 'merges.txt')).__name__)\n"
        "info = scan_cache_dir()\n"
        "print(len(info.repos), len(info.warnings), info.size_on_disk)\n",
        offline=True,
    )
    lines = found.stdout.split("\n")
    check("Python finds the model in the cache", Path(lines[0]) == snapshot)
    check("and the data set", "datasets--org--data/snapshots/" in lines[1])
    check("and knows which files there are not", lines[2] == "object")
    check("and sees two repositories without warnings: " + lines[3], lines[3].startswith("2 0 "))
    loaded = python(
        ours,
        "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
        "t = AutoTokenizer.from_pretrained('org/model'); m = AutoModelForCausalLM.from_pretrained('org/model')\n"
        "print(m.num_parameters(), len(t))\n",
        offline=True,
    )
    check("transformers loads it offline: " + loaded.stdout.strip(), loaded.returncode == 0)
    again = python(
        ours,
        "from huggingface_hub import snapshot_download\n"
        "import huggingface_hub.file_download as f\n"
        "fetched = []\n"
        "old = f.http_get\n"
        "f.http_get = lambda url, *a, **k: (fetched.append(url), old(url, *a, **k))[1]\n"
        "print(snapshot_download('org/model', ignore_patterns=['onnx/*', '*.md']), len(fetched))\n",
        endpoint=endpoint,
    )
    check("online, Python fetches nothing of it again", again.stdout.strip() == f"{snapshot} 0")

    begun = time.time()
    python(
        theirs,
        "from huggingface_hub import snapshot_download\n"
        "snapshot_download('org/model'); snapshot_download('org/data', repo_type='dataset')\n",
        endpoint=endpoint,
    )
    print(f"      snapshot_download: {time.time() - begun:.1f} s")
    python(
        parts,
        "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
        "AutoTokenizer.from_pretrained('org/model'); AutoModelForCausalLM.from_pretrained('org/model')\n",
        endpoint=endpoint,
    )
finally:
    server.kill()

for home, how in ((theirs, "snapshot_download"), (parts, "from_pretrained")):
    answer = betatron(home, "generate", "--model", "org/model", "--prompt", "x", "--max-new-tokens", "3", offline=True)
    check(f"betatron uses what {how} fetched, offline", answer.returncode == 0)
    answer = betatron(home, "generate", "--model", "org/model", "--prompt", "x", "--max-new-tokens", "3", endpoint="http://localhost:9")
    check("and without asking the hub, which is gone", answer.returncode == 0)
read = betatron(theirs, "inspect", "hf://datasets/org/data#test", "--model", "org/model", endpoint="http://localhost:9")
check("and the data set: " + read.stdout.split("\n")[0].strip(), read.returncode == 0 and "40" in read.stdout)
for name in ("config.json", "model.safetensors"):
    same = filecmp.cmp(snapshot / name, theirs / "hub/models--org--model/snapshots" / snapshot.name / name, shallow=False)
    link = os.readlink(snapshot / name) == os.readlink(
        theirs / "hub/models--org--model/snapshots" / snapshot.name / name
    )
    check(f"{name} is the same file under the same link in both caches", same and link)
shutil.rmtree(WORK)
