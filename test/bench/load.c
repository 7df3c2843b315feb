/*
 * load FILE MODE COUNT: repeats one operation and prints {"cpuUs": …, "wallUs": …} for each, CPU of the process and its children.
 * Modes: open (open and close FILE), many (the same over FILE-0 … FILE-19999), new (create FILE-<n> and close), connect (to an own
 * listener on 127.0.0.1:18099, accept, close), exec (vfork and execute FILE), null (getppid), dns (ask an own resolver on 127.0.0.1:53
 * for an address, and read its answer), build (what a compiler's step does: execute /bin/true, read 20 of the 20,000 files, write two
 * files FILE.<n>.tmp and FILE.<n>.o of 200, rename the first over another, remove it), flood (make FILE-<letters>, a name that was never
 * there, 20,000 times a second).
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
	int resolver = -1, asker = -1;
	static const unsigned char question[] = "\0\7\1\0\0\1\0\0\0\0\0\0\2db\7example\3com\0\0\1\0\1";
	unsigned char answer[sizeof(question) - 1 + 16];

	if (!strcmp(mode, "dns")) {
		static const unsigned char record[16] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1 };

		address.sin_port = htons(53);
		resolver = socket(AF_INET, SOCK_DGRAM, 0);
		asker = socket(AF_INET, SOCK_DGRAM, 0);
		if (bind(resolver, (void *)&address, sizeof(address)) || connect(asker, (void *)&address, sizeof(address)))
			fail("resolver");
		memcpy(answer, question, sizeof(question) - 1);
		memcpy(answer + sizeof(question) - 1, record, sizeof(record));
		answer[2] = 0x81;
		answer[7] = 1;
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
		} else if (!strcmp(mode, "dns")) {
			struct sockaddr_in from;
			socklen_t length = sizeof(from);
			unsigned char in[512];

			if (send(asker, question, sizeof(question) - 1, 0) < 0 ||
			    recvfrom(resolver, in, sizeof(in), 0, (void *)&from, &length) < 0 ||
			    sendto(resolver, answer, sizeof(answer), 0, (void *)&from, length) < 0 ||
			    recv(asker, in, sizeof(in), 0) < 0)
				fail("dns");
		} else if (!strcmp(mode, "build")) {
			char other[512];
			pid_t child = vfork();
			int status, fd;

			if (!child) {
				execl("/bin/true", "/bin/true", (char *)NULL);
				_exit(127);
			}
			waitpid(child, &status, 0);
			for (long j = 0; j < 20; j++) {
				snprintf(name, sizeof(name), "/srv/many/f-%ld", (i * 20 + j) % 20000);
				fd = open(name, O_RDONLY);
				if (fd < 0)
					fail(name);
				close(fd);
			}
			snprintf(name, sizeof(name), "%s.%ld.tmp", file, i % 200);
			snprintf(other, sizeof(other), "%s.%ld.o", file, i % 200);
			fd = open(name, O_CREAT | O_WRONLY, 0600);
			if (fd < 0 || write(fd, question, sizeof(question)) < 0)
				fail(name);
			close(fd);
			fd = open(other, O_CREAT | O_WRONLY, 0600);
			if (fd < 0)
				fail(other);
			close(fd);
			if (rename(name, other) || unlink(other))
				fail(other);
		} else if (!strcmp(mode, "flood")) {
			/* Letters alone: digits would make one pattern of all names. */
			char letters[9] = "aaaaaaaa";
			int fd;

			for (long left = i, at = 7; left; left /= 26)
				letters[at--] += left % 26;
			snprintf(name, sizeof(name), "%s-%s", file, letters);
			fd = open(name, O_CREAT | O_WRONLY, 0600);
			if (fd < 0)
				fail(name);
			close(fd);
			/* A slice of 1 ms each. */
			while (i % 20 == 19 && wall_us() - wall < (i + 1) * 50.0)
				usleep(200);
		} else if (!strcmp(mode, "null")) {
			syscall(SYS_getppid);
		} else {
			return 2;
		}
	}
	printf("{\"cpuUs\":%.4f,\"wallUs\":%.4f}\n", (cpu_us() - cpu) / count, (wall_us() - wall) / count);
	return 0;
}
