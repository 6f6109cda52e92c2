"""Ranks matches with numpy, as arena.ranking does: the reference of the benchmark's row "ranking".

    ranking.py MATCHES SAMPLES ROUNDS

MATCHES has a line for each match: scenario, round, first player, second player and the first one's points. Prints the
median of the times in milliseconds, and the rating of the first player by name.
"""
import sys
import time
from statistics import median

import numpy as np

TOLERANCE = 1e-6
MAX_STEPS = 100


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split(",") for line in lines]


def wins_by_round(rows):
    """The points of each player against each other in each round."""
    players = sorted({row[2] for row in rows} | {row[3] for row in rows})
    rounds = sorted({(row[0], row[1]) for row in rows})
    player = {name: index for index, name in enumerate(players)}
    position = {name: index for index, name in enumerate(rounds)}
    where = np.array([position[row[0], row[1]] for row in rows])
    first = np.array([player[row[2]] for row in rows])
    second = np.array([player[row[3]] for row in rows])
    points = np.array([float(row[4]) for row in rows])
    wins = np.zeros((len(rounds), len(players), len(players)))
    np.add.at(wins, (where, first, second), points)
    np.add.at(wins, (where, second, first), 1 - points)
    return wins


def fit(wins, start):
    """Newton's method for the strengths of many matrices of wins at a time."""
    players = wins.shape[-1]
    games = wins + wins.swapaxes(-1, -2)
    strengths = np.broadcast_to(start, wins.shape[:-1]).copy()
    diagonal = np.arange(players)
    for _ in range(MAX_STEPS):
        beaten = 1 / (1 + np.exp(strengths[..., None, :] - strengths[..., :, None]))
        gradient = (wins - games * beaten).sum(-1)
        information = games * beaten * (1 - beaten)
        hessian = 1 / players - information
        hessian[..., diagonal, diagonal] = 1 / players + information.sum(-1) - information[..., diagonal, diagonal]
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        strengths += step
        if np.abs(step).max() < TOLERANCE:
            break
    return strengths - strengths.mean(-1, keepdims=True)


def ratings(wins, samples, random):
    """Ratings, and the standard deviations of the resampled strengths."""
    rounds, players, _ = wins.shape
    total = wins.sum(0)
    met = (total + total.T) > 0
    pairs = met.sum() / 2
    rating = fit(total + 0.5 * met, np.zeros(players))
    added = (players - 1) / (2 * pairs) * met
    centre = fit(total + added, rating)
    draws = random.multinomial(rounds, np.full(rounds, 1 / rounds), size=samples)
    resampled = np.tensordot(draws.astype(float), wins, 1) + added
    return rating, fit(resampled, centre).std(0, ddof=1)


def rank(rows, samples):
    random = np.random.default_rng(7)
    overall = ratings(wins_by_round(rows), samples, random)
    for scenario in sorted({row[0] for row in rows}):
        ratings(wins_by_round([row for row in rows if row[0] == scenario]), samples, random)
    return overall


def main():
    rows = read(sys.argv[1])
    samples, rounds = int(sys.argv[2]), int(sys.argv[3])
    rank(rows, samples)  # warm-up
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        rating, _ = rank(rows, samples)
        times.append((time.perf_counter() - start) * 1000)
    print(f"rating {rating[0]:.9f}")
    print(f"median {median(times):.3f} ms")


if __name__ == "__main__":
    main()
