/* quiet.c - PJSIP logs to stdout from its first call on, before the application can tell it not to. libInit sets the
 * level that the application wants. */
#include <pj/log.h>

__attribute__((constructor)) static void say_nothing_yet(void)
{
    pj_log_set_level(0);
}
