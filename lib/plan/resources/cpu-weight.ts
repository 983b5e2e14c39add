/**
 * cpu.weight of the unified hierarchy (1 to 10000, default 100) for cpu.shares of v1 (2 to 262144, default 1024).
 * A parabola in the logarithm through those three pairs: the straight line that was used before turned the default of
 * 1024 into 39, so that containers lost against everything else on the host.
 */
export function weightOfShares(shares: bigint): number {
	if (shares <= 2n) return 1;
	if (shares >= 262_144n) return 10_000;
	const power = Math.log2(Number(shares));
	return Math.ceil(10 ** ((power * power + 125 * power) / 612 - 7 / 34));
}
