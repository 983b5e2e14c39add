/* What mount, bind, remount and their relatives share: attributes, propagation, and putting a tree in its place. */
#ifndef TSRUN_MOUNTING_H
#define TSRUN_MOUNTING_H

#include <linux/mount.h>

#include "path.h"
#include "record.h"

/* MOUNT_ATTR_* of the mount itself and (rec_) of it and all below; MS_* of the propagation, one by one. */
struct attributes {
	uint64_t set, clear, rec_set, rec_clear;
	struct numbers propagation;
};

struct attributes read_attributes(struct reader *fields);

/* Puts a detached tree onto the target with its attributes and propagation; the descriptor is of the mount after it. */
void attach(const struct init *init, int tree, int target, const struct attributes *attributes, const char *text);

/* Changes a mount that is in its place. */
void change_mount(const struct init *init, int mount, const struct attributes *attributes, const char *text);

/* One mount read-only, all else about it as it was. */
void make_read_only(const struct init *init, int mount, const char *text);

/* mount(2) of a propagation type, by path, on what only mount(2) takes. */
void set_propagation(const struct init *init, const char *path, uint64_t flags);

/* The MS_* flags mount(2) knows the attributes as. */
unsigned long mount_flags(uint64_t attributes);

/* What somebody wants to mount on a place, as far as /proc cares. */
struct proc_claim {
	bool new_procfs; /* a new instance of proc, */
	int tree;        /* or this; -1: a new file system of another type */
	bool inside;     /* its destination says by its name that it is in /proc */
};

/* Faults when the target is the container's /proc, or in it, and the claim does not give the right to that place. */
void check_proc_place(struct init *init, int target, const struct proc_claim *claim, const char *path);

/* Faults when the target is the container's root, or its /dev and the path is another name of that. */
void check_other_name(struct init *init, int target, const char *path);

/* Copies what is below one directory into another, with modes, owners and times. */
void copy_tree(const struct init *init, int from, int to, const char *text);

#endif
