/* File systems and their options: by fsopen and its relatives, a new mount by mount(2) where those cannot say it. */
#ifndef TSRUN_FILESYSTEM_H
#define TSRUN_FILESYSTEM_H

#include "record.h"
#include "text.h"

/* Marks `mode` as given: 0 is a mode too. */
#define MODE_GIVEN 0x10000u

struct filesystem {
	const char *type, *source; /* an empty source is none */
	struct strings options;
	uint64_t attributes; /* MOUNT_ATTR_*, for what has to be known when the superblock is made */
	uint32_t mode;       /* with MODE_GIVEN: the mode option, unless the options have one */

	enum tsrun_call call; /* of a failed try_new_mount: what failed, */
	int error;            /* why, */
	struct text detail;   /* and the kernel's own words, or the option */
};

/* A detached mount without attributes; -1 with call, error and detail set. */
int try_new_mount(struct filesystem *filesystem);

/*
 * mount(2) onto the directory `target`, after try_new_mount has failed; the new mount's descriptor. Faults with what
 * try_new_mount has left unless mount(2) could make a difference, and does.
 */
int mount_the_old_way(struct init *init, const struct filesystem *filesystem, int target, const char *path);

/* Gives the superblock of a mount these options; those that are not named stay as they are, which mount(2) cannot say.
 */
void reconfigure(const struct init *init, int mount, struct strings options, const char *path);

#endif
