// A screen with the IDs of the session and a fresh token, as the reference of the POS Session API shows it without a
// framework. `idtoken pos` runs this file as it is; for a device, a bundler resolves the import.
import {Screen, Text, extension} from '@shopify/ui-extensions/point-of-sale';

export default extension('pos.home.modal.render', (root, api) => {
  const {currentSession, getSessionToken, staffMember} = api.session;
  const {shopId, userId, locationId} = currentSession;
  // The pinned staff member is an observable since API version 2026-07. Before, it was a field of the session.
  const staffId = staffMember ? staffMember.value?.id : currentSession.staffMemberId;

  const details = root.createComponent(
    Text, {}, `shopId: ${shopId}, userId: ${userId}, locationId: ${locationId}, staffId: ${staffId}`);
  const token = root.createComponent(Text, {}, 'sessionToken: undefined');

  getSessionToken().then((newToken) => {
    token.children.forEach((child) => token.removeChild(child));
    token.appendChild(`sessionToken: ${newToken}`);
  });

  const screen = root.createComponent(Screen, {name: 'Session', title: 'Session details'});
  screen.appendChild(details);
  screen.appendChild(token);
  root.appendChild(screen);
});
