/*
 * call ABI NUMBER [ARGUMENT ...]: makes one system call and prints what came of it, as `value` or `-errno`.
 * ABI is native, i386 (by int 0x80) or x32 (by its bit of the number), the last two on x86-64 only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call_native(unsigned long number, const unsigned long *args) {
	long result = syscall((long)number, args[0], args[1], args[2], args[3], args[4], args[5]);
	return result == -1 ? -errno : result;
}

#ifdef __x86_64__
static long call_i386(unsigned long number, const unsigned long *args) {
	int result;
	/* Of the calls tested none takes more than three. */
	__asm__ volatile("int $0x80"
	                 : "=a"(result)
	                 : "a"((unsigned int)number), "b"((unsigned int)args[0]), "c"((unsigned int)args[1]),
	                   "d"((unsigned int)args[2])
	                 : "memory", "r8", "r9", "r10", "r11");
	return result;
}
#endif

int main(int argc, char **argv) {
	if (argc < 3 || argc > 9) return 2;
	unsigned long number = strtoul(argv[2], NULL, 0);
	unsigned long args[6] = {0};
	for (int i = 3; i < argc; i++) args[i - 3] = strtoul(argv[i], NULL, 0);
	long result;
	if (strcmp(argv[1], "native") == 0) result = call_native(number, args);
#ifdef __x86_64__
	else if (strcmp(argv[1], "i386") == 0)
		result = call_i386(number, args);
	else if (strcmp(argv[1], "x32") == 0)
		result = call_native(number | 0x40000000ul, args);
#endif
	else
		return 2;
	printf("%ld\n", result);
	return 0;
}
