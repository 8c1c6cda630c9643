"""Collects facts on every node of a cluster, and prints them as one line: LOCI-PREFLIGHT {...}.

preflight.json beside it lists what to check. Loci judges the report.
"""
import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import time


def look(task):
    """Findings of one node. It runs on each node, so functions import what they need."""
    return {
        'host': socket.gethostname(),
        'python': '.'.join(map(str, sys.version_info[:3])),
        'versions': {name: version_of(name) for name in task['packages']},
        'storage': attempt(lambda: read_marker(task['storage'])),
        'media': [{'path': path, **attempt(lambda: open_medium(path))} for path in task['media']],
        'probe': None if task['probe'] is None else attempt(lambda: run_probe(task)),
    }


def attempt(work):
    try:
        return {'ok': True, 'text': str(work())}
    except BaseException as error:  # The report names every failure.
        return {'ok': False, 'text': f'{type(error).__name__}: {error}'}


def version_of(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def read_marker(storage):
    path = os.path.join(storage['folder'], storage['marker'])
    deadline = time.time() + 10  # Network file systems show new files late.
    while not os.path.exists(path) and time.time() < deadline:
        time.sleep(0.5)
    with open(path) as file:
        if file.read().strip() != storage['text']:
            raise OSError(f'{path} has other content: it is not the same storage')
    return path


def open_medium(path):
    if path.lower().endswith(('.jpg', '.jpeg', '.png', '.webp')):
        return open_picture(path)
    with open(path, 'rb') as file:
        if not file.read(16):
            raise OSError('the file is empty')
    for name, reader in (('torchcodec', by_torchcodec), ('decord', by_decord), ('cv2', by_cv2), ('av', by_av)):
        try:
            __import__(name)
        except Exception:  # A broken package counts as absent.
            continue
        return f'{name}: {reader(path)}'
    return 'read, and not decoded: the node has neither torchcodec, decord, cv2 nor av'


def open_picture(path):
    try:
        from PIL import Image
    except ImportError:
        with open(path, 'rb') as file:
            if file.read(2) not in (b'\xff\xd8', b'\x89P', b'RI'):
                raise OSError('the file is not a picture')
        return 'read, and not decoded: the node has no PIL'
    with Image.open(path) as picture:
        picture.load()
        return f'{picture.width} x {picture.height}'


def by_torchcodec(path):
    from torchcodec.decoders import VideoDecoder

    return tuple(VideoDecoder(path)[0].shape)


def by_decord(path):
    import decord

    return decord.VideoReader(path)[0].shape


def by_cv2(path):
    import cv2

    ok, frame = cv2.VideoCapture(path).read()
    if not ok:
        raise OSError('no frame could be decoded')
    return frame.shape


def by_av(path):
    import av

    with av.open(path) as container:
        frame = next(container.decode(video=0))
        return frame.height, frame.width


def run_probe(task):
    done = subprocess.run(
        ['/bin/bash', '-c', task['probe']], capture_output=True, text=True, timeout=task['seconds']
    )
    lines = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode != 0:
        raise RuntimeError(lines[-1] if lines else f'exit code {done.returncode}')
    return lines[-1] if lines else ''


def look_at_tokenizer(wanted):
    """Whether tags survive encoding and decoding without special tokens, as the engine decodes completions."""
    try:
        from transformers import AutoTokenizer
    except ImportError:
        return by_file(wanted)
    tokenizer = AutoTokenizer.from_pretrained(wanted['folder'])
    kept = {}
    for tag in wanted['tags']:
        ids = tokenizer(f'a {tag} b', add_special_tokens=False)['input_ids']
        kept[tag] = tag in tokenizer.decode(ids, skip_special_tokens=True)
    return kept


def by_file(wanted):
    with open(os.path.join(wanted['folder'], 'tokenizer.json')) as file:
        added = json.load(file).get('added_tokens', [])
    special = {token['content'] for token in added if token.get('special')}
    return {tag: tag not in special for tag in wanted['tags']}


def on_cluster(task):
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    ray.init(ignore_reinit_error=True, log_to_driver=False)
    nodes = [node for node in ray.nodes() if node['Alive']]
    remote = ray.remote(look)
    asked = []
    for node in nodes:
        there = NodeAffinitySchedulingStrategy(node_id=node['NodeID'], soft=False)
        asked.append(remote.options(num_cpus=0, scheduling_strategy=there, max_retries=0).remote(task))
    found = []
    for node, answer in zip(nodes, asked):
        address = node['NodeManagerAddress']
        facts = {'address': address, 'gpus': int(node['Resources'].get('GPU', 0))}
        try:
            found.append({**facts, **ray.get(answer, timeout=task['seconds'] * 2)})
        except Exception as error:
            found.append({**facts, 'error': f'{type(error).__name__}: {error}'})
    return found


def here(task):
    try:
        listed = subprocess.run(['nvidia-smi', '-L'], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        listed = ''
    gpus = sum(line.startswith('GPU ') for line in listed.splitlines())
    return [{'address': 'here', 'gpus': gpus, **look(task)}]


def main():
    with open('preflight.json') as file:
        task = json.load(file)
    storage = task['storage']
    marker = os.path.join(storage['folder'], storage['marker'])
    written = attempt(lambda: write_marker(marker, storage['text'])) if storage['write'] else None
    nodes = on_cluster(task) if task['ray'] else here(task)
    tokenizer = task['tokenizer']
    report = {
        'nodes': nodes,
        'written': written,
        'tokenizer': None if tokenizer is None else look_safely(tokenizer),
    }
    if storage['write'] and os.path.exists(marker):
        os.remove(marker)
    print('LOCI-PREFLIGHT ' + json.dumps(report), flush=True)


def write_marker(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def look_safely(tokenizer):
    try:
        return {'ok': True, 'kept': look_at_tokenizer(tokenizer)}
    except BaseException as error:
        return {'ok': False, 'text': f'{type(error).__name__}: {error}'}


if __name__ == '__main__':
    main()
