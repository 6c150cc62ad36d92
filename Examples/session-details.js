// A screen with what an extension knows of its session, as the reference of the POS Session API shows it without a
// framework. Written for 2025-07; `idtoken pos` runs it as it stands, a bundler would resolve the import.
import {Screen, Text, extension} from '@shopify/ui-extensions/point-of-sale';

export default extension('pos.home.modal.render', (root, api) => {
  const {currentSession, getSessionToken} = api.session;
  const {shopId, userId, locationId, staffMemberId} = currentSession;

  const details = root.createComponent(
    Text, {}, `shopId: ${shopId}, userId: ${userId}, locationId: ${locationId}, staffId: ${staffMemberId}`);
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
