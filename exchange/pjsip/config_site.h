/* config_site.h - PJSIP as denwa builds it; copied to pjlib/include/pj/. Each value that is not upstream's has its reason. */
#define PJSUA_MAX_CALLS 1200             /* a thousand listeners, and some that are just leaving */
#define PJSUA_MAX_ACC 64                 /* several exchanges, several extensions on each */
#define PJSUA_MAX_CONF_PORTS 1300        /* pjsua gives every call a port of its bridge, also when nobody uses it */
#define PJ_IOQUEUE_MAX_HANDLES 4096      /* two sockets a call, and TCP */
#define PJSIP_MAX_TSX_COUNT 8191
#define PJSIP_MAX_DIALOG_COUNT 4095
#define PJ_HAS_IPV6 1
#define PJMEDIA_HAS_VIDEO 0
#define PJSUA2_MAX_SDP_BUF_LEN 8192      /* a longer SDP reaches the application as an empty text */
#define PJSIP_DONT_SWITCH_TO_TCP 1       /* a long request on UDP must not look for TCP first */
#define PJSIP_MAX_STALE_COUNT 2          /* with 3, one wrong password is four REGISTERs: near to fail2ban's five */
