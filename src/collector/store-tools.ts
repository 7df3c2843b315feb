// What the command line does with a store that need not be open: a command calls a root, not a room.
export { backupStore } from '../store/backup.ts';
export { backupFolder, checkBackup } from '../store/backup-folder.ts';
export { hashInFile, verifyFile } from '../store/verify-file.ts';
export type { ChainVerdict } from '../store/verify-file.ts';
