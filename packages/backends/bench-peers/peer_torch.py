"""One GRPO step in plain PyTorch on the CPU, as fast as we can make it: the peer that `backends:bench -- --peers` compares Loci with.

It does the work of Loci's step: samples completions of one prompt with top-p, takes the log-probabilities of the frozen start weights
and of the policy, the clipped loss with KL, gradients, clipping and AdamW. It uses what helps at these sizes and changes no result:
the prompt is read once and its keys are shared by all rows; caches are static; a token is one compiled call; the threshold of top-p is
found by bisection rather than a sort; the training pass reads the prompt once and computes logits only where a token is predicted.

    python3 peer_torch.py --compile both --cpp-wrapper        # small shapes
    python3 peer_torch.py --hidden 256 --layers 6 --heads 8 --ffn 1024 --vocab 4096 --compile both --pack

`--check` compares the three ways in which a token's log-probability is computed. The last line is a JSON object.
"""
import argparse
import json
import os
import statistics
import time
import warnings

warnings.filterwarnings("ignore")

parser = argparse.ArgumentParser()
for flag, default in {
    "hidden": 128, "layers": 4, "heads": 4, "ffn": 512, "vocab": 1024, "generations": 8, "prompt": 128, "new": 128,
    "threads": 2, "warmup": 3, "steps": 1000, "frames": 8, "height": 84, "width": 112, "vision-hidden": 64,
    "vision-depth": 4, "vision-heads": 4, "seed": 0,
}.items():
    parser.add_argument(f"--{flag}", type=int, default=default)
parser.add_argument("--top-p", type=float, default=0.95)
parser.add_argument("--beta", type=float, default=0.04)
parser.add_argument("--max-seconds", type=float, default=25)
parser.add_argument("--compile", choices=["none", "decode", "train", "both"], default="both")
parser.add_argument("--cpp-wrapper", action="store_true", help="inductor writes its calls in C++")
parser.add_argument("--pack", action="store_true", help="lay weights out for oneDNN before each sampling")
parser.add_argument("--vl", action="store_true", help="a video in the prompt")
parser.add_argument("--check", action="store_true")
options = parser.parse_args()
os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)
if options.cpp_wrapper:
    import torch._inductor.config as inductor

    inductor.cpp_wrapper = True

WIDTH, LAYERS, HEADS, VOCABULARY = options.hidden, options.layers, options.heads, options.vocab
GROUP, PROMPT, NEW = options.generations, options.prompt, options.new
KEY_HEADS = max(1, HEADS // 2)
SHARED = HEADS // KEY_HEADS  # query heads of one key head
HEAD = WIDTH // HEADS
LENGTH = PROMPT + NEW
SPLIT = [HEADS, KEY_HEADS, KEY_HEADS]
BISECTIONS = 24


def compiled(function, part):
    if options.compile not in (part, "both"):
        return function
    return torch.compile(function, fullgraph=True, dynamic=False)


# ---- weights


def fresh_weights():
    def matrix(rows, columns):
        return torch.randn(rows, columns) * 0.02

    weights = {"embed": matrix(VOCABULARY, WIDTH), "head": matrix(VOCABULARY, WIDTH), "norm": torch.ones(WIDTH)}
    for layer in range(LAYERS):
        weights |= {
            f"{layer}.before": torch.ones(WIDTH),
            f"{layer}.qkv": matrix(sum(SPLIT) * HEAD, WIDTH),
            f"{layer}.bias": torch.zeros(sum(SPLIT) * HEAD),
            f"{layer}.out": matrix(WIDTH, HEADS * HEAD),
            f"{layer}.after": torch.ones(WIDTH),
            f"{layer}.gate_up": matrix(2 * options.ffn, WIDTH),
            f"{layer}.down": matrix(WIDTH, options.ffn),
        }
    return weights | (video.weights(matrix) if options.vl else {})


def normed(x, weight):
    return F.rms_norm(x, (x.shape[-1],), weight, 1e-6)


def rotated(x, cos, sin):
    """`x [..., heads, head]`; the tables `[..., 1, head]`, the sign of the first half in `sin`."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([x[..., half:], x[..., :half]], -1) * sin


def rotary_tables(angles):
    angles = torch.cat([angles, angles], -1)
    sin = angles.sin()
    sin[..., : angles.shape[-1] // 2].neg_()
    return angles.cos()[..., None, :], sin[..., None, :]


# ---- video


class Video:
    """Qwen2.5-VL's tower: attention in windows of four by four patches, within a frame in the last block."""

    def __init__(self):
        self.width, self.depth = options.vision_hidden, options.vision_depth
        self.heads = options.vision_heads
        self.times, rows, columns = options.frames // 2, options.height // 14, options.width // 14
        self.merged = (rows // 2, columns // 2)
        self.patches = rows * columns
        self.tokens = self.times * self.patches // 4
        row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")

        def by_square(index):  # the four patches of a token lie side by side
            return index.view(rows // 2, 2, columns // 2, 2).transpose(1, 2).reshape(-1)

        row, column = by_square(row), by_square(column)
        half = self.width // self.heads // 2
        frequencies = 1e4 ** (-torch.arange(0, half, 2) / half)
        self.cos, self.sin = rotary_tables(torch.cat([row[:, None] * frequencies, column[:, None] * frequencies], -1))
        window = (row // 4) * columns + column // 4
        self.mask = window[:, None] == window[None]

    def weights(self, matrix):
        width, inner = self.width, 2 * self.width
        weights = {"v.patch": matrix(width, 3 * 2 * 14 * 14), "v.norm": torch.ones(width)}
        weights |= {"v.merge": matrix(4 * width, 4 * width), "v.merge_bias": torch.zeros(4 * width)}
        weights |= {"v.project": matrix(WIDTH, 4 * width), "v.project_bias": torch.zeros(WIDTH)}
        for block in range(self.depth):
            shapes = {"qkv": (3 * width, width), "out": (width, width), "gate_up": (2 * inner, width), "down": (width, inner)}
            for name, (rows, columns) in shapes.items():
                weights[f"v{block}.{name}"] = matrix(rows, columns)
                weights[f"v{block}.{name}_bias"] = torch.zeros(rows)
            weights |= {f"v{block}.before": torch.ones(width), f"v{block}.after": torch.ones(width)}
        return weights

    def features(self, weights, pixels):
        def linear(x, block, name):
            return F.linear(x, weights[f"v{block}.{name}"], weights[f"v{block}.{name}_bias"])

        x = F.linear(pixels, weights["v.patch"]).view(self.times, self.patches, self.width)
        for block in range(self.depth):
            qkv = linear(normed(x, weights[f"v{block}.before"]), block, "qkv")
            query, key, value = qkv.view(self.times, self.patches, 3, self.heads, -1).unbind(2)
            query, key = rotated(query, self.cos, self.sin), rotated(key, self.cos, self.sin)
            mask = None if block == self.depth - 1 else self.mask
            seen = F.scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=mask)
            x = x + linear(seen.transpose(1, 2).reshape(x.shape), block, "out")
            gate, up = linear(normed(x, weights[f"v{block}.after"]), block, "gate_up").chunk(2, -1)
            x = x + linear(F.silu(gate) * up, block, "down")
        x = normed(x, weights["v.norm"]).reshape(self.tokens, 4 * self.width)
        x = F.gelu(F.linear(x, weights["v.merge"], weights["v.merge_bias"]))
        return F.linear(x, weights["v.project"], weights["v.project_bias"])


video = Video() if options.vl else None
BEFORE_VIDEO = 5  # four words and the token that opens the video


def positions():
    """`[3, LENGTH]`: time, row and column of every token; equal for text."""
    if video is None:
        return torch.arange(LENGTH).expand(3, -1)
    rows, columns = video.merged
    grid = torch.meshgrid(torch.arange(video.times) * 2, torch.arange(rows), torch.arange(columns), indexing="ij")
    seen = torch.stack(grid).reshape(3, -1) + BEFORE_VIDEO
    rest = torch.arange(LENGTH - BEFORE_VIDEO - video.tokens) + int(seen.max()) + 1
    return torch.cat([torch.arange(BEFORE_VIDEO).expand(3, -1), seen, rest.expand(3, -1)], 1)


def decoder_tables():
    half = HEAD // 2
    angles = positions()[..., None] * 1e6 ** (-torch.arange(half) / half)
    side = 3 * HEAD // 16
    time_part, row_part, column_part = angles.split([half - 2 * side, side, side], -1)
    return rotary_tables(torch.cat([time_part[0], row_part[1], column_part[2]], -1))


COS, SIN = decoder_tables()


def embedded_prompt(weights, prompt, pixels):
    x = F.embedding(prompt, weights["embed"])
    if video is None:
        return x
    return torch.cat([x[:BEFORE_VIDEO], video.features(weights, pixels), x[BEFORE_VIDEO + video.tokens :]])


# ---- decoder


def decoder(weights, x, cos, sin, attend, linear):
    """All layers over rows `[rows, WIDTH]`; `attend(layer, query, key, value)` sees heads `[rows, heads, HEAD]`."""
    for layer in range(LAYERS):
        qkv = linear(normed(x, weights[f"{layer}.before"]), f"{layer}.qkv", f"{layer}.bias").view(-1, sum(SPLIT), HEAD)
        turned = rotated(qkv[:, : HEADS + KEY_HEADS], cos, sin)
        query, key = turned.split(SPLIT[:2], 1)
        seen = attend(layer, query, key, qkv[:, HEADS + KEY_HEADS :])
        x = x + linear(seen, f"{layer}.out")
        gate, up = linear(normed(x, weights[f"{layer}.after"]), f"{layer}.gate_up").chunk(2, -1)
        x = x + linear(F.silu(gate) * up, f"{layer}.down")
    return x


def plain_linear(weights):
    return lambda x, name, bias=None: F.linear(x, weights[name], None if bias is None else weights[bias])


def attend_prompt(query, key, value):
    """Causal attention among the rows of the prompt."""
    query, key, value = (each.transpose(0, 1)[None] for each in (query, key, value))
    seen = F.scaled_dot_product_attention(
        query, key.repeat_interleave(SHARED, 1), value.repeat_interleave(SHARED, 1), is_causal=True
    )
    return seen[0].transpose(0, 1).reshape(-1, HEADS * HEAD)


READ = NEW - 1  # tokens of a completion that are read: the last one predicts nothing
TRAINING_MASK = torch.cat([torch.ones(READ, PROMPT, dtype=torch.bool), torch.ones(READ, READ, dtype=torch.bool).tril()], 1)


def log_probabilities(weights, prompt, completions, pixels):
    """`[GROUP, NEW]`: the rows are those of the prompt, once, then those of all completions."""
    words = F.embedding(completions[:, :READ].reshape(-1), weights["embed"])
    x = torch.cat([embedded_prompt(weights, prompt, pixels), words])

    def spread(table):  # the completions' positions repeat
        own = table[PROMPT : PROMPT + READ].expand(GROUP, -1, -1, -1).reshape(-1, 1, HEAD)
        return torch.cat([table[:PROMPT], own])

    def attend(_, query, key, value):
        def whole(rows):  # every completion sees the prompt's keys and its own
            own = rows[PROMPT:].view(GROUP, READ, KEY_HEADS, HEAD).transpose(1, 2)
            prompts = rows[:PROMPT].transpose(0, 1).expand(GROUP, -1, -1, -1)
            return torch.cat([prompts, own], 2).repeat_interleave(SHARED, 1)

        first = attend_prompt(query[:PROMPT], key[:PROMPT], value[:PROMPT])
        asked = query[PROMPT:].view(GROUP, READ, HEADS, HEAD).transpose(1, 2)
        seen = F.scaled_dot_product_attention(asked, whole(key), whole(value), attn_mask=TRAINING_MASK)
        return torch.cat([first, seen.transpose(1, 2).reshape(GROUP * READ, HEADS * HEAD)])

    x = decoder(weights, x, spread(COS), spread(SIN), attend, plain_linear(weights))
    logits = F.linear(normed(x[PROMPT - 1 :], weights["norm"]), weights["head"])
    totals = logits.logsumexp(-1)
    firsts = logits[0][completions[:, 0]] - totals[0]
    others = logits[1:].gather(1, completions[:, 1:].reshape(-1, 1))[:, 0] - totals[1:]
    return torch.cat([firsts[:, None], others.view(GROUP, READ)], 1)


def loss_of(weights, prompt, completions, pixels, reference, advantages):
    own = log_probabilities(weights, prompt, completions, pixels)
    gap = (reference - own).clamp(-10, 10)
    divergence = gap.exp() - gap - 1
    ratio = (own - own.detach()).exp()
    clipped = ratio.clamp(0.8, 1.2)
    gain = torch.minimum(ratio * advantages[:, None], clipped * advantages[:, None])
    return (options.beta * divergence - gain).mean(1).mean()


# ---- sampling


def drawn(logits, uniform):
    """Tokens by inverse distribution; top-p keeps the likeliest that together reach it, found by bisection of their least probability."""
    chances = logits.softmax(-1)
    if options.top_p < 1:
        low, high = torch.zeros_like(uniform), chances.amax(-1, keepdim=True)
        for _ in range(BISECTIONS):
            middle = (low + high) * 0.5
            reaches = chances.where(chances >= middle, 0.0).sum(-1, keepdim=True) >= options.top_p
            low, high = middle.where(reaches, low), high.where(reaches, middle)
        chances = chances.where(chances >= low, 0.0)
    sums = chances.cumsum(-1)
    return (sums <= uniform * sums[:, -1:]).sum(-1).clamp(max=VOCABULARY - 1)


PACKED_NAMES = [f"{layer}.{name}" for layer in range(LAYERS) for name in ("qkv", "out", "gate_up", "down")] + ["head"]
PACKED = {}


@torch.library.custom_op("loci_peer::packed", mutates_args=())
def packed_product(x: torch.Tensor, place: int, width: int) -> torch.Tensor:
    """A product with weights that oneDNN has laid out; the compiler cannot see those, so they are reached by their place."""
    return torch.ops.mkldnn._linear_pointwise(x, PACKED[place], None, "none", [], "")


@packed_product.register_fake
def _(x, place, width):
    return x.new_empty(x.shape[0], width)


def pack(weights):
    for place, name in enumerate(PACKED_NAMES):
        PACKED[place] = torch.ops.mkldnn._reorder_linear_weight(weights[name], GROUP)


def packed_linear(weights):
    def linear(x, name, bias=None):
        made = packed_product(x, PACKED_NAMES.index(name), weights[name].shape[0])
        return made if bias is None else made + weights[bias]

    return linear


PLACES = torch.arange(LENGTH)


def token_logits(weights, tokens, keys, values, place):
    """Logits after one more token of every row, `[GROUP, VOCABULARY]`; its keys and values go into the caches at `place [1]`."""
    linear = packed_linear(weights) if options.pack else plain_linear(weights)
    visible = (PLACES <= place)[None, None, None]

    def attend(layer, query, key, value):
        keys[layer].index_copy_(2, place, key[:, :, None])
        values[layer].index_copy_(2, place, value[:, :, None])
        asked = query.reshape(GROUP, KEY_HEADS, SHARED, HEAD)
        seen = F.scaled_dot_product_attention(asked, keys[layer], values[layer], attn_mask=visible)
        return seen.reshape(GROUP, HEADS * HEAD)

    x = F.embedding(tokens, weights["embed"])
    x = decoder(weights, x, COS.index_select(0, place), SIN.index_select(0, place), attend, linear)
    return linear(normed(x, weights["norm"]), "head")


def next_tokens(weights, tokens, keys, values, place, uniform):
    return drawn(token_logits(weights, tokens, keys, values, place), uniform)


def prefilled(weights, prompt, pixels, keys, values):
    """Logits of the first token; the caches of all rows get the prompt's keys and values."""

    def attend(layer, query, key, value):
        keys[layer][:, :, :PROMPT] = key.transpose(0, 1)
        values[layer][:, :, :PROMPT] = value.transpose(0, 1)
        return attend_prompt(query, key, value)

    x = embedded_prompt(weights, prompt, pixels)
    x = decoder(weights, x, COS[:PROMPT], SIN[:PROMPT], attend, plain_linear(weights))
    return F.linear(normed(x[-1:], weights["norm"]), weights["head"]).expand(GROUP, -1)


next_tokens_fast = compiled(next_tokens, "decode")
log_probabilities_fast = compiled(log_probabilities, "train")
loss_fast = compiled(loss_of, "train")
PLACE = [torch.tensor([place]) for place in range(LENGTH)]


@torch.no_grad()
def completions_of(weights, prompt, pixels, keys, values):
    uniforms = torch.rand(NEW, GROUP, 1)
    tokens = drawn(prefilled(weights, prompt, pixels, keys, values), uniforms[0])
    made = [tokens]
    if options.pack:
        pack(weights)
    for step in range(1, NEW):
        tokens = next_tokens_fast(weights, tokens, keys, values, PLACE[PROMPT + step - 1], uniforms[step])
        made.append(tokens)
    return torch.stack(made, 1)


# ---- the step


def caches():
    return [torch.zeros(GROUP, KEY_HEADS, LENGTH, HEAD) for _ in range(LAYERS)]


def random_prompt():
    return torch.randint(0, VOCABULARY, (PROMPT,))


def random_pixels():
    return torch.randn(video.times * video.patches, 3 * 2 * 14 * 14) if options.vl else None


def check():
    """The same log-probabilities from sampling, token by token, and from the training pass."""
    weights = {name: value * (5 if value.ndim == 2 else 1) for name, value in fresh_weights().items()}
    prompt, pixels, keys, values = random_prompt(), random_pixels(), caches(), caches()
    completions = completions_of(weights, prompt, pixels, keys, values)
    with torch.no_grad():
        trained = log_probabilities(weights, prompt, completions, pixels)
        logits = [prefilled(weights, prompt, pixels, keys, values)]
        for step in range(1, NEW):
            logits.append(token_logits(weights, completions[:, step - 1], keys, values, PLACE[PROMPT + step - 1]))
        sampled = torch.stack(logits, 1).log_softmax(-1).gather(-1, completions[..., None])[..., 0]
    print(json.dumps({"greatest_difference": float((sampled - trained).abs().max())}))


def main():
    policy = fresh_weights()
    start = {name: value.clone() for name, value in policy.items()}
    for value in policy.values():
        value.requires_grad_(True)
    current = {name: value.data for name, value in policy.items()}  # the same memory, for sampling
    optimizer = torch.optim.AdamW(policy.values(), lr=1e-6, fused=True)
    pixels, keys, values = random_pixels(), caches(), caches()
    times = []
    began = None
    for number in range(options.warmup + options.steps):
        prompt = random_prompt()
        marks = [time.perf_counter()]
        completions = completions_of(current, prompt, pixels, keys, values)
        marks.append(time.perf_counter())
        with torch.no_grad():
            reference = log_probabilities_fast(start, prompt, completions, pixels)
        marks.append(time.perf_counter())
        rewards = (completions % 2 == 0).float().mean(1)
        advantages = (rewards - rewards.mean()) / (rewards.std() + 1e-4)
        optimizer.zero_grad(set_to_none=True)
        loss_fast(policy, prompt, completions, pixels, reference, advantages).backward()
        torch.nn.utils.clip_grad_norm_(policy.values(), 1.0)
        optimizer.step()
        marks.append(time.perf_counter())
        if number < options.warmup:
            continue
        began = began or marks[0]
        times.append([marks[-1] - marks[0], *(after - before for before, after in zip(marks, marks[1:]))])
        if marks[-1] - began > options.max_seconds:
            break
    step, generation, reference, train = (round(statistics.median(column), 4) for column in zip(*times))
    how = [f"compile={options.compile}", *(["C++ wrapper"] if options.cpp_wrapper else []), *(["packed"] if options.pack else [])]
    print(json.dumps({
        "peer": f"PyTorch {torch.__version__.split('+')[0]}, {', '.join(how)}",
        "step_s": step, "generation_s": generation, "reference_s": reference, "train_s": train,
        "tokens_per_s": round(GROUP * NEW / generation), "steps_measured": len(times),
    }))


check() if options.check else main()
