/* notify.h - telling the service manager (sd_notify's protocol, without its library). */
#pragma once

/* Sends "READY=1" or the like to $NOTIFY_SOCKET; nothing happens where there is none. */
void notify_service(const char *state);
