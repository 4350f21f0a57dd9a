#!/bin/sh
# As ffmpeg does: reads its standard input, prints how far it is, writes what it
# has got into the file that its last argument names, also when it is interrupted.
for target; do :; done
trap 'echo "Exiting normally, received signal 2." >&2' INT
while IFS= read -r frame; do
  echo "$frame" >>"$target"
  echo "out_time=$frame"
  echo progress=continue
done
echo progress=end
echo end >>"$target"
