/* version.h - the version that --version prints and that goes out as User-Agent. */
#pragma once

#ifdef PACKAGE_VERSION /* from config.h, which the build includes everywhere */
#define TIERWATCH_VERSION PACKAGE_VERSION
#else
#define TIERWATCH_VERSION "0.1.0"
#endif
