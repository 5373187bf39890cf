dnl TW_COMPILE_FLAG(VARIABLE, FLAG, [IF-REFUSED]): appends FLAG if the compiler takes it in silence;
dnl an unknown -W or -f switch is only a warning for clang, hence -Werror.
AC_DEFUN([TW_COMPILE_FLAG], [
  AC_MSG_CHECKING([whether $CC takes $2])
  tw_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $2 -Werror"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [tw_ok=yes], [tw_ok=no])
  CFLAGS=$tw_saved_CFLAGS
  AC_MSG_RESULT([$tw_ok])
  AS_IF([test $tw_ok = yes], [AS_VAR_APPEND([$1], [" $2"])], [$3])
])

dnl TW_COMPILE_FLAGS(VARIABLE, LIST): each word of the list on its own.
AC_DEFUN([TW_COMPILE_FLAGS], [
  for tw_flag in $2; do
    TW_COMPILE_FLAG([$1], [$tw_flag], [:])
  done
])

dnl TW_LINK_FLAGS(VARIABLE, LIST): the same for the linker.
AC_DEFUN([TW_LINK_FLAGS], [
  for tw_flag in $2; do
    AC_MSG_CHECKING([whether the linker takes $tw_flag])
    tw_saved_LDFLAGS=$LDFLAGS tw_saved_CFLAGS=$CFLAGS
    LDFLAGS="$LDFLAGS $tw_flag"
    CFLAGS="$CFLAGS -fPIE"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [tw_ok=yes], [tw_ok=no])
    LDFLAGS=$tw_saved_LDFLAGS CFLAGS=$tw_saved_CFLAGS
    AC_MSG_RESULT([$tw_ok])
    AS_IF([test $tw_ok = yes], [AS_VAR_APPEND([$1], [" $tw_flag"])])
  done
])
