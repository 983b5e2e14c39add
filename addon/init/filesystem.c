#include "filesystem.h"

#include <errno.h>
#include <string.h>

#include "mounting.h"
#include "syscalls.h"

/* fsconfig(2) takes strings of up to 255 bytes; the lowerdir of an overlay is longer easily. */
#define VALUE_MAX 255
/* mount(2) takes one page of data. */
#define DATA_MAX 4095

/* What mount(8) calls these is a flag for mount(2); fsconfig(2) knows most of them by name. */
static const struct flag_option {
	char name[12];
	unsigned int flag;
	bool clears;
	bool unknown_to_fsconfig;
} flag_options[] = {
    {"ro", MS_RDONLY, false, false},          {"rw", MS_RDONLY, true, false},
    {"sync", MS_SYNCHRONOUS, false, false},   {"async", MS_SYNCHRONOUS, true, false},
    {"dirsync", MS_DIRSYNC, false, false},    {"lazytime", MS_LAZYTIME, false, false},
    {"nolazytime", MS_LAZYTIME, true, false}, {"mand", MS_MANDLOCK, false, false},
    {"nomand", MS_MANDLOCK, true, false},     {"silent", MS_SILENT, false, true},
    {"loud", MS_SILENT, true, true},          {"iversion", MS_I_VERSION, false, false},
    {"noiversion", MS_I_VERSION, true, true},
};

static const struct flag_option *find_flag(const char *option) {
	for (size_t i = 0; i < sizeof flag_options / sizeof *flag_options; i++) {
		if (strcmp(flag_options[i].name, option) == 0) return &flag_options[i];
	}
	return NULL;
}

static int failed(struct filesystem *filesystem, enum tsrun_call call, const char *detail) {
	filesystem->error = errno;
	filesystem->call = call;
	text_start(&filesystem->detail);
	text_add(&filesystem->detail, detail);
	return -1;
}

/* Appends what the kernel has logged in the context: lines of "e tmpfs: ...", one per read(2). */
static void add_log(struct filesystem *filesystem, int context) {
	char line[256];
	ssize_t length;
	while ((length = read(context, line, sizeof line)) > 0) {
		size_t skip = length > 2 && line[1] == ' ' ? 2 : 0;
		while (length > 0 && line[length - 1] == '\n') length--;
		if ((size_t)length <= skip) continue;
		text_add(&filesystem->detail, ": ");
		text_add_bytes(&filesystem->detail, line + skip, (size_t)length - skip);
	}
}

static bool is_mode(const char *option) {
	return strncmp(option, "mode=", 5) == 0;
}

static void mode_option(const struct filesystem *filesystem, struct text *option) {
	text_start(option);
	text_add(option, "mode=");
	text_add_number(option, filesystem->mode & 07777, 8);
}

static int try_option(struct filesystem *filesystem, int context, const char *option) {
	const struct flag_option *flag = find_flag(option);
	if (flag != NULL && flag->unknown_to_fsconfig) return 0;
	const char *equals = strchr(option, '=');
	if (equals == NULL) {
		if (sys_fsconfig(context, FSCONFIG_SET_FLAG, option, NULL) == 0) return 0;
		return failed(filesystem, TSRUN_CALL_fsconfig, option);
	}
	char key[VALUE_MAX + 1];
	size_t length = (size_t)(equals - option);
	if (length > VALUE_MAX || strlen(equals + 1) > VALUE_MAX) {
		errno = EOVERFLOW;
		return failed(filesystem, TSRUN_CALL_fsconfig, option);
	}
	memcpy(key, option, length);
	key[length] = '\0';
	if (sys_fsconfig(context, FSCONFIG_SET_STRING, key, equals + 1) == 0) return 0;
	return failed(filesystem, TSRUN_CALL_fsconfig, option);
}

static int try_configure(struct filesystem *filesystem, int context) {
	if (*filesystem->source != '\0' &&
	    sys_fsconfig(context, FSCONFIG_SET_STRING, "source", filesystem->source) == -1) {
		return failed(filesystem, TSRUN_CALL_fsconfig, filesystem->source);
	}
	bool mode = false;
	struct strings options = filesystem->options;
	while (options.count > 0) {
		const char *option = next_string(&options);
		mode = mode || is_mode(option);
		if (try_option(filesystem, context, option) == -1) return -1;
	}
	if (filesystem->mode & MODE_GIVEN && !mode) {
		struct text option;
		mode_option(filesystem, &option);
		if (try_option(filesystem, context, option.at) == -1) return -1;
	}
	if (sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL) == -1) {
		return failed(filesystem, TSRUN_CALL_fsconfig, filesystem->type);
	}
	return 0;
}

int try_new_mount(struct filesystem *filesystem) {
	int context = sys_fsopen(filesystem->type);
	if (context == -1) return failed(filesystem, TSRUN_CALL_fsopen, filesystem->type);
	int mount = try_configure(filesystem, context);
	if (mount == 0) {
		/* Whether an instance of proc or sysfs may be had is decided by these (mount_too_revealing in the
		 * kernel). */
		mount = sys_fsmount(context,
		                    (unsigned int)(filesystem->attributes & (MOUNT_ATTR_RDONLY | MOUNT_ATTR__ATIME)));
		if (mount == -1) (void)failed(filesystem, TSRUN_CALL_fsmount, filesystem->type);
	}
	if (mount == -1) add_log(filesystem, context);
	drop(&context);
	return mount;
}

static bool can_help(const struct filesystem *filesystem) {
	switch (filesystem->error) {
	case EOVERFLOW: /* a value longer than fsconfig takes */
	case EINVAL:    /* a file system that reads its options as mount(2) passes them */
	case EOPNOTSUPP: return filesystem->call == TSRUN_CALL_fsconfig;
	case ENODEV: /* "fuse.sshfs": a type and what is to be shown as its subtype */
		return filesystem->call == TSRUN_CALL_fsopen && strchr(filesystem->type, '.') != NULL;
	case ENOSYS: return true;
	default: return false;
	}
}

struct data {
	size_t length;
	char at[DATA_MAX + 1];
};

static void add_bytes(const struct init *init, struct data *data, const char *bytes, size_t size) {
	if (data->length + size > DATA_MAX) fault(init, TSRUN_CALL_mount, E2BIG, bytes);
	memcpy(data->at + data->length, bytes, size);
	data->length += size;
}

/* The categories of an SELinux label have commas between them; mount(2) takes the label in quotes, fsconfig(2) without.
 */
static bool is_label(const char *option, size_t key) {
	static const char names[][16] = {"context", "fscontext", "defcontext", "rootcontext"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strlen(names[i]) == key && strncmp(option, names[i], key) == 0) return option[key] == '=';
	}
	return false;
}

static void add_option(const struct init *init, struct data *data, const char *option) {
	size_t key = strcspn(option, "="), size = strlen(option);
	if (data->length > 0) add_bytes(init, data, ",", 1);
	if (!is_label(option, key)) {
		add_bytes(init, data, option, size);
		return;
	}
	add_bytes(init, data, option, key + 1);
	add_bytes(init, data, "\"", 1);
	add_bytes(init, data, option + key + 1, size - key - 1);
	add_bytes(init, data, "\"", 1);
}

/* Fills in the data of mount(2); its flags are what is returned. */
static unsigned long join_options(const struct init *init, const struct filesystem *filesystem, struct data *data) {
	unsigned long flags = mount_flags(filesystem->attributes);
	bool mode = (filesystem->mode & MODE_GIVEN) == 0;
	struct strings options = filesystem->options;
	while (options.count > 0) {
		const char *option = next_string(&options);
		const struct flag_option *flag = find_flag(option);
		if (flag != NULL) {
			flags = flag->clears ? flags & ~(unsigned long)flag->flag : flags | flag->flag;
			continue;
		}
		mode = mode || is_mode(option);
		add_option(init, data, option);
	}
	if (!mode) {
		struct text option;
		mode_option(filesystem, &option);
		add_option(init, data, option.at);
	}
	return flags;
}

/* mount(2) leaves no descriptor: the place is looked up again. Attributes of anything but a mount's root are refused.
 */
static int reopen(struct init *init, const char *path) {
	int mount = try_open_inside(init, path, O_PATH | O_DIRECTORY, PATH_PLAIN);
	if (mount == -1) fault_errno(init, TSRUN_CALL_openat2, path);
	return mount;
}

int mount_the_old_way(struct init *init, const struct filesystem *filesystem, int target, const char *path) {
	struct data data = {0};
	if (can_help(filesystem)) {
		unsigned long flags = join_options(init, filesystem, &data);
		const char *source = *filesystem->source == '\0' ? NULL : filesystem->source;
		/* "." names the directory by its descriptor; no procfs is needed, and no path is resolved again. */
		int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (here == -1) fault_errno(init, TSRUN_CALL_open, ".");
		if (fchdir(target) == -1) fault_errno(init, TSRUN_CALL_chdir, path);
		int result = sys_mount(source, ".", filesystem->type, flags, data.at);
		if (fchdir(here) == -1) fault_errno(init, TSRUN_CALL_chdir, ".");
		drop(&here);
		if (result == 0) return reopen(init, path);
	}
	fault(init, filesystem->call, filesystem->error, filesystem->detail.at);
}

static int try_reconfigure(struct filesystem *filesystem, int context, const char *path) {
	struct strings options = filesystem->options;
	while (options.count > 0) {
		if (try_option(filesystem, context, next_string(&options)) == -1) return -1;
	}
	if (sys_fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL) == 0) return 0;
	return failed(filesystem, TSRUN_CALL_fsconfig, path);
}

void reconfigure(const struct init *init, int mount, struct strings options, const char *path) {
	struct filesystem filesystem = {.options = options};
	int context = sys_fspick(mount);
	if (context == -1) fault_errno(init, TSRUN_CALL_fspick, path);
	if (try_reconfigure(&filesystem, context, path) == -1) {
		add_log(&filesystem, context);
		fault(init, filesystem.call, filesystem.error, filesystem.detail.at);
	}
	drop(&context);
}
