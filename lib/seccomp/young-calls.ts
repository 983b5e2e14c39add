/**
 * System calls that are younger than the libseccomp of stable distributions. Their numbers are the same on every
 * architecture (since 5.1 all tables grow together) but MIPS, which counts from an offset; x32 adds its bit.
 */
export const youngCalls: ReadonlyMap<string, number> = new Map([
	['cachestat', 451],
	['fchmodat2', 452],
	['map_shadow_stack', 453],
	['futex_wake', 454],
	['futex_wait', 455],
	['futex_requeue', 456],
	['statmount', 457],
	['listmount', 458],
	['lsm_get_self_attr', 459],
	['lsm_set_self_attr', 460],
	['lsm_list_modules', 461],
	['mseal', 462],
	['setxattrat', 463],
	['getxattrat', 464],
	['listxattrat', 465],
	['removexattrat', 466],
	['open_tree_attr', 467],
	['file_getattr', 468],
	['file_setattr', 469],
]);
