#include <errno.h>
#include <string.h>

#include "channel.h"
#include "mounting.h"
#include "operation.h"
#include "syscalls.h"
#include "text.h"

enum {
	BIND_RECURSIVE = 1,
	BIND_SOURCE_NO_FOLLOW = 2,
	BIND_DESTINATION_NO_FOLLOW = 4,
	BIND_INSIDE_PROC = 8,
	BIND_SOURCE_INSIDE = 16, /* the source's path leads through the container's root */
	BIND_TREE_SHOWN = 32,    /* the source is what show_tree has cloned */
};

/* What of a path of the host is left below the container's root. */
static const char *path_below_root(const struct init *init, const char *source) {
	size_t length = init->root_path == NULL ? 0 : strlen(init->root_path);
	if (length == 0 || strncmp(source, init->root_path, length) != 0 || source[length] != '/') {
		fault(init, TSRUN_CALL_program, EINVAL, source);
	}
	return source + length;
}

/* The image may have symlinks on the way, and so may volumes: to follow them from the host's / would bind what the host
 * has there. */
static int clone_inside(struct init *init, const char *source, uint32_t flags, unsigned int how) {
	enum path_rule rule = flags & BIND_SOURCE_NO_FOLLOW ? PATH_NO_FOLLOW : PATH_PLAIN;
	int place = try_open_inside(init, path_below_root(init, source), O_PATH, rule);
	int tree = place == -1 ? -1 : sys_open_tree(place, "", how | AT_EMPTY_PATH);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, source);
	drop(&place);
	return tree;
}

static int clone_source(struct init *init, const char *source, const char *fallback, uint32_t flags) {
	unsigned int how = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	if (flags & BIND_RECURSIVE) how |= AT_RECURSIVE;
	if (flags & BIND_SOURCE_INSIDE) return clone_inside(init, source, flags, how);
	if (flags & BIND_SOURCE_NO_FOLLOW) how |= AT_SYMLINK_NOFOLLOW;
	int tree = sys_open_tree(AT_FDCWD, source, how);
	if (tree == -1 && errno == ENOENT && *fallback != '\0') return clone_source(init, fallback, "", flags);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, source);
	return tree;
}

/*
 * Ids are mapped by whoever has privileges in the user namespace that the file system belongs to (mount_setattr(2)),
 * and only we see what has been mounted for the container: so we clone it, and the host maps the ids of what we have
 * cloned.
 */
void perform_show_tree(struct init *init, struct reader *fields) {
	const char *source = read_str(fields);
	uint32_t flags = read_u32(fields);
	drop(&init->tree);
	init->tree = clone_source(init, source, "", flags);
	send_report(init, TSRUN_TREE, 0, source, init->tree);
}

static int take_shown(struct init *init, const char *source) {
	int tree = init->tree;
	if (tree == -1) fault(init, TSRUN_CALL_program, EINVAL, source);
	init->tree = -1;
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
	if (flags & BIND_TREE_SHOWN) tree = take_shown(init, source);
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
