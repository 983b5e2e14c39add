#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>

#include "operation.h"
#include "syscalls.h"
#include "text.h"

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_RAISE 2
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif

#define CAPABILITY_MAX 63

struct capability_sets {
	uint64_t effective, permitted, inheritable;
};

static uint64_t bit(unsigned int capability) {
	return UINT64_C(1) << capability;
}

static struct capability_sets current_sets(const struct init *init) {
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	if (syscall(SYS_capget, &head, data) == -1) fault_errno(init, TSRUN_CALL_capset, "capget");
	return (struct capability_sets){
	    .effective = data[0].effective | (uint64_t)data[1].effective << 32,
	    .permitted = data[0].permitted | (uint64_t)data[1].permitted << 32,
	    .inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
}

static void set_sets(const struct init *init, struct capability_sets sets) {
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	for (unsigned int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].effective = (uint32_t)(sets.effective >> (32 * i));
		data[i].permitted = (uint32_t)(sets.permitted >> (32 * i));
		data[i].inheritable = (uint32_t)(sets.inheritable >> (32 * i));
	}
	if (syscall(SYS_capset, &head, data) == -1) fault_errno(init, TSRUN_CALL_capset, NULL);
}

static uint64_t bounding_set(void) {
	uint64_t set = 0;
	/* EINVAL ends it: the kernel knows no higher ones. */
	for (unsigned int i = 0; i <= CAPABILITY_MAX; i++) {
		int has = prctl(PR_CAPBSET_READ, i, 0, 0, 0);
		if (has == -1) break;
		if (has == 1) set |= bit(i);
	}
	return set;
}

static void warn_refused(const struct init *init, enum tsrun_call call, uint64_t refused) {
	if (refused == 0) return;
	struct text mask;
	text_start(&mask);
	text_add_number(&mask, refused, 16);
	warn(init, call, EPERM, mask.at);
}

void perform_drop_bounding(struct init *init, struct reader *fields) {
	uint64_t keep = read_u64(fields), set = bounding_set();
	for (unsigned int i = 0; i <= CAPABILITY_MAX; i++) {
		if (!(set & ~keep & bit(i))) continue;
		if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) == -1) fault_errno(init, TSRUN_CALL_prctl, "PR_CAPBSET_DROP");
	}
}

static uint64_t raise_ambient(const struct init *init, uint64_t ambient) {
	uint64_t refused = 0;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1) {
		fault_errno(init, TSRUN_CALL_prctl, "PR_CAP_AMBIENT_CLEAR_ALL");
	}
	for (unsigned int i = 0; i <= CAPABILITY_MAX; i++) {
		if (!(ambient & bit(i)) || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) == 0) continue;
		/* Not both permitted and inheritable, or one this kernel does not know. */
		if (errno != EPERM && errno != EINVAL) fault_errno(init, TSRUN_CALL_prctl, "PR_CAP_AMBIENT_RAISE");
		refused |= bit(i);
	}
	return refused;
}

/* execve(2) under a uid without a name in its user namespace keeps capabilities only as ambient ones. They have done
 * their part, and would otherwise reach the user's program when the config has no capabilities of its own. */
void forget_inherited_capabilities(const struct init *init) {
	(void)raise_ambient(init, 0);
	struct capability_sets sets = current_sets(init);
	sets.inheritable = 0;
	set_sets(init, sets);
}

/* runtime-spec, "capabilities": what cannot be granted is warned of and left out. */
void perform_capabilities(struct init *init, struct reader *fields) {
	struct capability_sets asked = {0}, granted;
	asked.effective = read_u64(fields);
	asked.permitted = read_u64(fields);
	asked.inheritable = read_u64(fields);
	uint64_t ambient = read_u64(fields);

	struct capability_sets now = current_sets(init);
	granted.permitted = asked.permitted & now.permitted;
	granted.effective = asked.effective & granted.permitted;
	/* capabilities(7): within the old inheritable and permitted sets, and within the old inheritable and bounding
	 * ones. */
	granted.inheritable = asked.inheritable & (now.inheritable | (now.permitted & bounding_set()));
	set_sets(init, granted);
	warn_refused(init, TSRUN_CALL_capset,
	             (asked.permitted & ~granted.permitted) | (asked.effective & ~granted.effective) |
	                 (asked.inheritable & ~granted.inheritable));
	warn_refused(init, TSRUN_CALL_prctl, raise_ambient(init, ambient));
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == -1) fault_errno(init, TSRUN_CALL_prctl, "PR_SET_KEEPCAPS");
}
