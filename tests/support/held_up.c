/* held_up.c - preloaded (LD_PRELOAD): a thread that has just begun to wait for a descriptor where a packet lies already is held
 * up each time it lets go of a lock, a few times.
 *
 * What another thread does with that packet is then done before the first one goes on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TIMES 4
#define HELD_UP_US 20000

static __thread int times_left;
static int (*unlock)(pthread_mutex_t *);

__attribute__((constructor)) static void begin(void)
{
    *(void **)&unlock = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
}

int epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event)
{
    char octet;
    if (operation == EPOLL_CTL_ADD && event->events & EPOLLIN && recv(descriptor, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
        times_left = TIMES;
    return (int)syscall(SYS_epoll_ctl, epoll, operation, descriptor, event);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    int result = unlock(mutex);
    if (times_left > 0) {
        times_left--;
        usleep(HELD_UP_US);
    }
    return result;
}
