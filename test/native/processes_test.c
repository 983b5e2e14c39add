#include <errno.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "expect.h"

static void add_hook(struct program *program, const char *path, const char *script, uint32_t timeout,
                     const char *tail) {
	const char *const args[] = {"sh", "-c", script, NULL};
	const char *const env[] = {"WHO=hook", NULL};
	add(program, "hook", 2u, 0u, path, args, env, timeout, "{\"pid\":", tail, 0u, 0u);
}

static void run_hook(const struct place *place, const char *path, const char *script, uint32_t timeout,
                     const char *tail, struct result *result) {
	static char rootfs[1024];
	if (rootfs[0] == '\0') snprintf(rootfs, sizeof rootfs, "%s", make_rootfs(place, "hooks"));
	struct program program;
	add_root(&program, rootfs);
	add(&program, "change_root", 0u);
	add_hook(&program, path, script, timeout, tail);
	const char *const args[] = {"sh", "-c", "cat /seen", NULL}, *const env[] = {NULL};
	add(&program, "find_program", "/bin/sh", "");
	add(&program, "exec", args, env);
	run_container(place, &program, 0, result);
}

static void test_hooks(const struct place *place) {
	struct result result;
	char large[32768];
	memset(large, ' ', sizeof large - 1);
	large[sizeof large - 2] = '}';
	large[sizeof large - 1] = '\0';

	run_hook(place, "/bin/sh", "cat > /seen; echo $WHO >> /seen", 60000, ",\"status\":\"created\"}\n", &result);
	expect_success("hook", &result);
	expect_output("hook", &result, "{\"pid\":1,\"status\":\"created\"}\nhook\n");

	run_hook(place, "/bin/sh", "echo out; echo err >&2; exit 3", 0, "}", &result);
	expect_fault("hook with a status", &result, "hook", 3 << 8, "out\nerr\n");

	run_hook(place, "/bin/sh", "exec /bin/busybox sleep 1000", 100, large, &result);
	expect_fault("hook out of time", &result, "hook", -ETIMEDOUT, NULL);

	/* It neither reads its state nor waits for what it has started. */
	run_hook(place, "/bin/sh", "/bin/busybox sleep 1000 & exit 0", 60000, large, &result);
	expect_true("hook with a child", &result, result.faults == 0, "no fault was expected");

	run_hook(place, "/bin/nothing", "", 60000, "}", &result);
	expect_fault("no hook", &result, "execve", ENOENT, "/bin/nothing");
}

static void run_program(const struct place *place, const char *rootfs, const char *name, struct result *result) {
	struct program program;
	const char *const args[] = {name, NULL}, *const env[] = {NULL};
	add_root(&program, rootfs);
	add(&program, "change_root", 0u);
	add(&program, "find_program", name, "/bin::/etc");
	add(&program, "exec", args, env);
	run_container(place, &program, 0, result);
}

static void test_programs(const struct place *place) {
	struct result result;
	const char *rootfs = make_rootfs(place, "programs");
	make_file(rootfs, "etc/text", "text");
	run_program(place, rootfs, "true", &result);
	expect_success("a program of the PATH", &result);
	run_program(place, rootfs, "nothing", &result);
	expect_fault("no program", &result, "find_program", ENOENT, "nothing");
	run_program(place, rootfs, "/nothing", &result);
	expect_fault("no program there", &result, "find_program", ENOENT, "/nothing");
	run_program(place, rootfs, "text", &result);
	expect_fault("not executable", &result, "find_program", EACCES, "text");
	run_program(place, rootfs, "/etc", &result);
	expect_fault("a directory", &result, "find_program", EISDIR, "/etc");
}

static void test_identity(const struct place *place) {
	struct program program;
	struct result result;
	const uint64_t chown_and_kill = 1 << 0 | 1 << 5, no_such = UINT64_C(1) << 60;
	const char *rootfs = make_rootfs(place, "identity");
	const char *const env[] = {"A=b", NULL};
	const char *const args[] = {"/bin/sh", "-c", "id; grep -E 'Cap|NoNew|Groups' /proc/self/status; pwd; umask",
	                            NULL};
	add_root(&program, rootfs);
	add_basics(&program);
	add(&program, "make_directory", "/work", 0700u);
	add(&program, "change_root", 0u);
	add(&program, "umask", 027u);
	add(&program, "affinity", NO_LIST);
	add(&program, "scheduler", 3u, (uint64_t)5, 0u, (uint64_t)0, (uint64_t)0, (uint64_t)0, (uint64_t)0);
	add(&program, "io_priority", 2u << 13 | 6u);
	add(&program, "personality", (uint64_t)0);
	add(&program, "no_new_privileges");
	add(&program, "drop_bounding", chown_and_kill);
	add(&program, "chdir", "/work", 1u);
	add(&program, "identity", 1000u, 1001u, (struct list){2, {7, 8}}, 2u);
	add(&program, "capabilities", chown_and_kill | no_such, chown_and_kill | no_such, (uint64_t)1 << 5,
	    (uint64_t)1 << 5);
	add(&program, "chdir", "/work", 2u);
	add(&program, "find_program", "/bin/sh", "");
	add(&program, "exec", args, env);
	run_container(place, &program, 0, &result);
	expect_true("identity", &result, result.faults == 0, "no fault was expected");
	expect_output("identity", &result, "uid=1000 gid=1001 groups=7,8");
	expect_output("identity", &result, "CapInh:\t0000000000000020\n");
	/* What execve(2) leaves a program that is not root's: the ambient ones. */
	expect_output("identity", &result,
	              "CapPrm:\t0000000000000020\nCapEff:\t0000000000000020\nCapBnd:\t0000000000000021\n");
	expect_output("identity", &result, "CapAmb:\t0000000000000020\nNoNewPrivs:\t1\n");
	expect_output("identity", &result, "/work\n0027\n");
	expect_true("identity", &result, result.warnings == 1 && strcmp(result.warning, "1000000000000000") == 0,
	            "a warning was expected");
}

static void test_console(const struct place *place) {
	struct program program;
	struct result result;
	add_root(&program, make_rootfs(place, "console"));
	add_basics(&program);
	add(&program, "new_session");
	add(&program, "console", 1u, 33u, 77u, 5u, 1u);
	add_shell(
	    &program,
	    "tty; /bin/busybox stty size; stat -c %u:%g:%a /dev/pts/0; echo con > /dev/console; exec 0<&- 1>&- 2>&-");
	run_container(place, &program, 0, &result);
	expect_true("console", &result, result.faults == 0 && result.consoles == 1, "a console was expected");
	expect_output("console", &result, "/dev/pts/0\r\n33 77\r\n5:0:620\r\ncon\r\n");
}

static void test_fork_and_time(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "fork");
	program_begin(&program);
	add(&program, "unshare", (uint64_t)CLONE_NEWTIME);
	add(&program, "time_offsets", "boottime 1000000 0\nmonotonic 5 0\n");
	add(&program, "fork", (uint64_t)(CLONE_NEWPID | CLONE_NEWNS));
	add(&program, "propagation", (uint64_t)(MS_SLAVE | MS_REC));
	add(&program, "rootfs", rootfs, (uint64_t)MS_PRIVATE);
	add_basics(&program);
	add_shell(&program, "echo pid=$$; cat /proc/self/timens_offsets");
	struct start start = {.helper = place->helper};
	run(&start, program.at, program.length, &result);
	expect_true("fork", &result, result.faults == 0 && result.forks == 1, "one fork was expected");
	expect_output("fork", &result, "pid=1\n");
	expect_output("fork", &result, "1000000");
}

static void test_time(const struct place *place) {
	struct program program;
	struct result result;
	add_root(&program, make_rootfs(place, "time"));
	add_basics(&program);
	add(&program, "unshare", (uint64_t)CLONE_NEWTIME);
	add(&program, "time_offsets", "boottime 1000000 0\n");
	add(&program, "enter_time");
	add_shell(&program,
	          "cat /proc/self/timens_offsets; cd /proc/self/ns; test time -ef time_for_children && echo same");
	run_container(place, &program, 0, &result);
	expect_success("time", &result);
	expect_output("time", &result, " 1000000 ");
	expect_output("time", &result, "same\n");
}

/* Behind a filter the helper itself calls nothing but execve(2); getdents64 shows that the filter is in force. */
static void test_seccomp(const struct place *place) {
	struct program program;
	struct result result;
	const struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getdents64, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	const char *const args[] = {"/bin/ls", "/", NULL}, *const env[] = {NULL};
	add_root(&program, make_rootfs(place, "seccomp"));
	add(&program, "change_root", 0u);
	add(&program, "no_new_privileges");
	add(&program, "find_program", "/bin/ls", "");
	add(&program, "close_descriptors", 0u);
	add(&program, "seccomp", sizeof filter, (const void *)filter, 0u, 0u);
	add(&program, "exec", args, env);
	run_container(place, &program, 0, &result);
	expect_success("seccomp", &result);
	expect_no_output("seccomp", &result, "bin");

	add_root(&program, make_rootfs(place, "seccomp-notify"));
	add(&program, "seccomp", (size_t)5, (const void *)filter, 0u, 0u);
	run_container(place, &program, 0, &result);
	expect_fault("a filter cut off", &result, "program", EINVAL, NULL);
}

/* Whatever a hook needed of signals, and a filter that made exec prepare itself before it, the program starts afresh.
 */
static void test_signals(const struct place *place) {
	struct program program;
	struct result result;
	const struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const char *const args[] = {"/bin/grep", "Sig[BIC]", "/proc/self/status", NULL}, *const env[] = {NULL};
	add_root(&program, make_rootfs(place, "signals"));
	add_basics(&program);
	add(&program, "change_root", 0u);
	add(&program, "seccomp", sizeof allow, (const void *)allow, 0u, 0u);
	add_hook(&program, "/bin/true", "", 60000, "}");
	add(&program, "find_program", "/bin/grep", "");
	add(&program, "exec", args, env);
	run_container(place, &program, 0, &result);
	expect_success("signals", &result);
	expect_output("signals", &result,
	              "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n");
}

void test_processes(const struct place *place) {
	test_hooks(place);
	test_programs(place);
	test_identity(place);
	test_console(place);
	test_fork_and_time(place);
	test_time(place);
	test_seccomp(place);
	test_signals(place);
}
