/*
 * load FILE MODE COUNT: repeats one operation and prints {"cpuUs": …, "wallUs": …} for each, CPU of the process and its children.
 * Modes: open (open and close FILE), many (the same over FILE-0 … FILE-19999), new (create FILE-<n> and close), connect (to an own
 * listener on 127.0.0.1:18099, accept, close), exec (vfork and execute FILE), null (getppid).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpu_us(void)
{
	struct rusage own, children;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	return (own.ru_utime.tv_sec + own.ru_stime.tv_sec + children.ru_utime.tv_sec + children.ru_stime.tv_sec) * 1e6 +
	       own.ru_utime.tv_usec + own.ru_stime.tv_usec + children.ru_utime.tv_usec + children.ru_stime.tv_usec;
}

static double wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	const char *file = argv[1], *mode = argv[2];
	long count = atol(argv[3]);
	char name[512];
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(18099), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = -1, one = 1;

	if (!strcmp(mode, "connect")) {
		listener = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(listener, (void *)&address, sizeof(address)) || listen(listener, 128))
			fail("listen");
	}
	double cpu = cpu_us(), wall = wall_us();

	for (long i = 0; i < count; i++) {
		if (!strcmp(mode, "open") || !strcmp(mode, "many") || !strcmp(mode, "new")) {
			const char *path = file;

			if (mode[0] != 'o') {
				snprintf(name, sizeof(name), "%s-%ld", file, mode[0] == 'm' ? i % 20000 : i);
				path = name;
			}
			int fd = open(path, mode[0] == 'n' ? O_CREAT | O_WRONLY : O_RDONLY, 0600);

			if (fd < 0)
				fail(path);
			close(fd);
		} else if (!strcmp(mode, "connect")) {
			struct linger reset = { 1, 0 };
			int client = socket(AF_INET, SOCK_STREAM, 0);

			if (connect(client, (void *)&address, sizeof(address)))
				fail("connect");
			int server = accept(listener, NULL, NULL);

			setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
			close(client);
			close(server);
		} else if (!strcmp(mode, "exec")) {
			pid_t child = vfork();

			if (!child) {
				execl(file, file, (char *)NULL);
				_exit(127);
			}
			int status;

			waitpid(child, &status, 0);
			if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
				fail("exec");
		} else if (!strcmp(mode, "null")) {
			syscall(SYS_getppid);
		} else {
			return 2;
		}
	}
	printf("{\"cpuUs\":%.4f,\"wallUs\":%.4f}\n", (cpu_us() - cpu) / count, (wall_us() - wall) / count);
	return 0;
}
