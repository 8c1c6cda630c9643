#!/usr/bin/env python3
"""One GRPO optimisation step in plain PyTorch, timed part by part as `nx run backends:bench` times ours.

Sample 8 completions of a prompt of 128 tokens (top-p 0.95), log-probabilities under the frozen start weights, loss with KL,
gradients, clipping, AdamW; a decoder like Qwen2's with random weights, keys and values cached while sampling, fused attention,
fused AdamW. Needs nothing but torch; `tools:gpu` runs it beside the engines.

    python3 tools/torch/grpo_step.py --device cuda --shape small
"""
import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F

SHAPES = {
    "tiny": dict(hidden=64, layers=2, heads=4, ffn=128, vocab=256),
    "small": dict(hidden=128, layers=4, heads=4, ffn=512, vocab=1024),
    "large": dict(hidden=256, layers=6, heads=8, ffn=1024, vocab=4096),
}
GENERATIONS, PROMPT, TOP_P, KL_WEIGHT, CLIP = 8, 128, 0.95, 0.04, 0.2


class Block(torch.nn.Module):
    def __init__(self, hidden, heads, ffn, **_):
        super().__init__()
        self.heads, self.kv, self.size = heads, heads // 2, hidden // heads
        self.norm1, self.norm2 = torch.nn.RMSNorm(hidden, eps=1e-6), torch.nn.RMSNorm(hidden, eps=1e-6)
        self.qkv = torch.nn.Linear(hidden, (heads + 2 * self.kv) * self.size)
        self.out = torch.nn.Linear(hidden, hidden, bias=False)
        self.gate_up = torch.nn.Linear(hidden, 2 * ffn, bias=False)
        self.down = torch.nn.Linear(ffn, hidden, bias=False)

    def forward(self, x, cos, sin, cache=None, at=0):
        batch, length, _ = x.shape
        parts = [self.heads * self.size, self.kv * self.size, self.kv * self.size]
        q, k, v = (t.view(batch, length, -1, self.size).transpose(1, 2) for t in self.qkv(self.norm1(x)).split(parts, -1))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            cache[0][:batch, :, at : at + length], cache[1][:batch, :, at : at + length] = k, v
            k, v = cache[0][:batch, :, : at + length], cache[1][:batch, :, : at + length]
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1, enable_gqa=True)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, length, -1))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


class Decoder(torch.nn.Module):
    def __init__(self, hidden, layers, heads, ffn, vocab):
        super().__init__()
        self.size, self.kv = hidden // heads, heads // 2
        self.embed = torch.nn.Embedding(vocab, hidden)
        self.blocks = torch.nn.ModuleList(Block(hidden, heads, ffn) for _ in range(layers))
        self.norm = torch.nn.RMSNorm(hidden, eps=1e-6)
        self.head = torch.nn.Linear(hidden, vocab, bias=False)

    def forward(self, ids, caches=None, at=0):
        frequencies = 1e6 ** (-torch.arange(0, self.size, 2, device=ids.device) / self.size)
        angles = torch.arange(at, at + ids.shape[1], device=ids.device)[:, None] * frequencies
        x = self.embed(ids)
        for index, block in enumerate(self.blocks):
            x = block(x, angles.cos(), angles.sin(), caches[index] if caches else None, at)
        return self.norm(x)

    def log_probs(self, prompt, completions):
        """Log-probabilities [completions, tokens]."""
        ids = torch.cat([prompt.expand(len(completions), -1), completions], 1)
        logits = self.head(self(ids)[:, prompt.shape[1] - 1 : -1])
        return torch.log_softmax(logits, -1).gather(-1, completions[..., None])[..., 0]

    @torch.no_grad()
    def sample(self, prompt, count, tokens):
        """Completions [count, tokens]; no token ends one."""
        length = prompt.shape[1] + tokens
        cache = lambda: torch.empty(count, self.kv, length, self.size, device=prompt.device)
        caches = [(cache(), cache()) for _ in self.blocks]
        x = self(prompt, caches)[:, -1:]
        for keys, values in caches:
            keys[1:], values[1:] = keys[:1], values[:1]
        made = [draw(self.head(x[:, -1]).expand(count, -1))]
        for step in range(1, tokens):
            x = self(made[-1], caches, prompt.shape[1] + step - 1)
            made.append(draw(self.head(x[:, -1])))
        return torch.cat(made, 1)


def draw(logits):
    values, order = torch.softmax(logits, -1).sort(-1, descending=True)
    before = values.cumsum(-1) - values
    chosen = torch.multinomial(values.masked_fill(before >= TOP_P, 0), 1)
    return order.gather(-1, chosen)


def loss_of(logps, reference, advantages):
    ratio = (logps - logps.detach()).exp()
    clipped = ratio.clamp(1 - CLIP, 1 + CLIP)
    distance = (reference - logps).clamp(-10, 10)
    penalty = KL_WEIGHT * (distance.exp() - distance - 1)
    return (penalty - torch.minimum(ratio * advantages, clipped * advantages)).mean(1).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--shape", choices=SHAPES, default="small")
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("error: this PyTorch sees no GPU")
    shape = SHAPES[given.shape]
    torch.manual_seed(1)
    policy, start = Decoder(**shape).to(given.device), Decoder(**shape).to(given.device)
    start.load_state_dict(policy.state_dict())
    optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-6, weight_decay=0.01, fused=True)

    def now():
        if given.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    def step():
        prompt = torch.randint(0, shape["vocab"], (1, PROMPT), device=given.device)
        marks = [now()]
        completions = policy.sample(prompt, GENERATIONS, given.tokens)
        marks.append(now())
        with torch.no_grad():
            reference = start.log_probs(prompt, completions)
        marks.append(now())
        rewards = (completions % 2 == 0).float().mean(1)
        advantages = ((rewards - rewards.mean()) / (rewards.std() + 1e-4))[:, None]
        loss_of(policy.log_probs(prompt, completions), reference, advantages).backward()
        marks.append(now())
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        marks.append(now())
        return [after - before for before, after in zip(marks, marks[1:])]

    for _ in range(given.warmup):
        step()
    measured = [step()]
    while sum(map(sum, measured)) < given.seconds:
        measured.append(step())
    generation, reference, gradient, update = (statistics.median(times) for times in zip(*measured))
    name = torch.cuda.get_device_name() if given.device == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    print(json.dumps({
        "engine": "torch", "shape": given.shape, "stepSeconds": round(statistics.median(map(sum, measured)), 4),
        "generationSeconds": round(generation, 4), "referenceSeconds": round(reference, 4),
        "gradientSeconds": round(gradient, 4), "updateSeconds": round(update, 4),
        "tokensPerSecond": round(GENERATIONS * given.tokens / generation), "stepsMeasured": len(measured),
        "description": f"PyTorch {torch.__version__} on {name}",
    }))


main()
