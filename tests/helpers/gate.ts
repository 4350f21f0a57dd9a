/** Something a test waits for, or lets go. */
export interface Gate {
  readonly reached: Promise<void>;
  readonly open: () => void;
}

export function gate(): Gate {
  let open = () => {};
  const reached = new Promise<void>((resolve) => open = resolve);
  return { reached, open };
}
