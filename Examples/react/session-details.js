// The same screen with React's hooks, as the reference of the POS Session API shows it. A bundler would turn JSX into
// these calls of createElement.
const {useEffect, useState} = React;

const SessionDetails = () => {
  const {currentSession, getSessionToken, staffMember} = useApi().session;
  const {shopId, userId, locationId} = currentSession;
  const staffId = staffMember ? staffMember.value?.id : currentSession.staffMemberId;
  const [sessionToken, setSessionToken] = useState();

  // Once: every call gives a fresh token, so a component that calls it while rendering would render for ever.
  useEffect(() => { getSessionToken().then(setSessionToken); }, []);

  return React.createElement(
    'Screen', {name: 'Session', title: 'Session details'},
    React.createElement(
      'Text', null, 'shopId: ', shopId, ', userId: ', userId, ', locationId: ', locationId, ', staffId: ',
      String(staffId)),
    React.createElement('Text', null, 'sessionToken: ', String(sessionToken)));
};

reactExtension('pos.home.modal.render', () => React.createElement(SessionDetails));
