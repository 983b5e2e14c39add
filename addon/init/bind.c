#include <errno.h>

#include "mounting.h"
#include "operation.h"
#include "syscalls.h"
#include "text.h"

enum { BIND_RECURSIVE = 1, BIND_SOURCE_NO_FOLLOW = 2, BIND_DESTINATION_NO_FOLLOW = 4, BIND_INSIDE_PROC = 8 };

static int clone_source(const struct init *init, const char *source, const char *fallback, uint32_t flags) {
	unsigned int how = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	if (flags & BIND_RECURSIVE) how |= AT_RECURSIVE;
	if (flags & BIND_SOURCE_NO_FOLLOW) how |= AT_SYMLINK_NOFOLLOW;
	int tree = sys_open_tree(AT_FDCWD, source, how);
	if (tree == -1 && errno == ENOENT && *fallback != '\0') return clone_source(init, fallback, "", flags);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, source);
	return tree;
}

static void check_types(const struct init *init, bool directory, int target, const char *source,
                        const char *destination) {
	bool target_directory = S_ISDIR(status_of(init, target, destination).st_mode);
	if (directory == target_directory) return;
	struct text both;
	text_start(&both);
	text_add(&both, source);
	text_add(&both, " -> ");
	text_add(&both, destination);
	fault(init, TSRUN_CALL_move_mount, ENOTDIR, both.at);
}

void perform_bind(struct init *init, struct reader *fields) {
	const char *destination = read_str(fields);
	const char *source = read_str(fields);
	const char *fallback = read_str(fields);
	int tree = read_fd(fields);
	struct attributes attributes = read_attributes(fields);
	uint32_t flags = read_u32(fields);

	drop(&init->dev);
	if (tree == -1) tree = clone_source(init, source, fallback, flags);
	bool directory = S_ISDIR(status_of(init, tree, source).st_mode);
	enum path_rule rule = flags & BIND_DESTINATION_NO_FOLLOW ? PATH_NO_FOLLOW : PATH_PLAIN;
	int target = make_inside(init, destination, directory, 0755, rule);
	check_types(init, directory, target, source, destination);
	struct proc_claim claim = {.tree = tree, .inside = (flags & BIND_INSIDE_PROC) != 0};
	check_proc_place(init, target, &claim, destination);
	check_other_name(init, target, destination);
	attach(init, tree, target, &attributes, destination);
	drop(&target);
	drop(&tree);
}
