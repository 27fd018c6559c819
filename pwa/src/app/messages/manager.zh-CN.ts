/** The manager's words. */
export default {
  title: '看板',
}
